"""DynamicFormService: which call does what."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any
from uuid import uuid4

from sandbox.faults import Faults

from .account_set import AccountSet
from .changes import save_change
from .envelope import Call, options_of, whole
from .errors import HttpFailure, MsgCode, Outcome, Refused
from .forms import Form
from .lifecycle import STEPS, approve, has_workflow, reject
from .operations import allocate, chosen, each, operate, step
from .push import push
from .query import bill_query, execute_bill_query
from .records import Bill
from .returned import check_return_fields, return_data
from .rules import Act
from .save import SaveOptions, read_act, save
from .stock import inventory_data
from .view import business_info, view

STACK_TRACE = (
    "未将对象引用设置到对象的实例。\r\n   at Kingdee.BOS.WebApi.FormService.WebApiServiceCall"
    ".ExecuteOperation(String operation)\r\n   at Kingdee.BOS.ServiceFacade.KDServiceFx"
)


class Service:
    """The business calls of a server."""

    def __init__(self, books: AccountSet, faults: Faults, rng: Random) -> None:
        self.books, self.faults, self.random = books, faults, rng
        self._tasks: dict[str, Any] = {}
        formless: dict[str, Callable[[Call], Any]] = {
            "ExecuteBillQuery": lambda call: execute_bill_query(books, call.data, rng),
            "BillQuery": lambda call: bill_query(books, call.data, rng),
            "GetInventoryData": lambda call: inventory_data(books, call.data or call.named),
            "QueryBusinessInfo": self._business_info,
            "QueryAsyncResult": self._async_result,
            "WorkflowAudit": self._workflow_audit,
        }
        self._calls: dict[str, Callable[[Call], Any]] = {
            **formless,
            **dict.fromkeys(STEPS, self._step),
            "Save": self._save,
            "Draft": self._save,
            "BatchSave": self._batch_save,
            "View": lambda call: view(books, self._form(call), call.data),
            "Push": lambda call: push(books, self._form(call), call.data, _act(call)),
            "SaveXSaleOrder": self._save_change,
            "Allocate": self._allocate,
            "ExcuteOperation": self._operate,
            "ExecuteOperation": self._operate,
        }

    def do(self, call: Call) -> Any:
        """The answer of a call; raises `Refused`, or `HttpFailure` for a method nobody has."""
        work = self._calls.get(call.operation)
        if work is None:
            raise HttpFailure(404, f"找不到服务方法 {call.operation}")
        if self.faults.pick(call.operation, call.form, system="stack_trace_message"):
            return _stack_trace()
        return work(call)

    def _form(self, call: Call) -> Form:
        return self.books.table(call.form).form

    def _business_info(self, call: Call) -> dict[str, Any]:
        info = business_info(self._form(call))
        if not self.books.switches["metadata_lookups"]:
            for part in info["Result"]["NeedReturnData"]["Entrys"]:
                for field in part["Fields"]:
                    field["LookUpObjectFormId"] = None
        return info

    def _save(self, call: Call) -> dict[str, Any]:
        form, model = self._form(call), call.data.get("model")
        if not isinstance(model, dict):
            raise Refused(MsgCode.PARAMETER, "参数Model不能为空")
        self._refuse_query_only(form)
        fields = check_return_fields(form, call.data)
        is_draft = call.operation == "Draft"
        bill = save(self.books, form, model, SaveOptions.read(call.data), draft=is_draft)
        outcome = Outcome()
        outcome.success(bill.id, bill.number, 0)
        data = return_data(bill, fields)
        return outcome.result(Id=bill.id, Number=bill.number, NeedReturnData=[data])

    def _refuse_query_only(self, form: Form) -> None:
        if form.id == "STK_Inventory":
            raise Refused(MsgCode.NOT_OPERABLE, "即时库存不支持该操作")

    def _batch_save(self, call: Call) -> dict[str, Any]:
        """Good records are stored although others fail. With BatchCount, DIndex is per batch."""
        form, models = self._form(call), call.data.get("model")
        if not isinstance(models, list):
            raise Refused(MsgCode.PARAMETER, "参数Model不是数组")
        self._refuse_query_only(form)
        fields, options = check_return_fields(form, call.data), SaveOptions.read(call.data)
        size = whole(call.data.get("batchcount")) or len(models)
        fault = self.faults.pick("BatchSave", form.id, system="partial_batch")
        every = int(fault.args.get("every", 2)) if fault else 0
        outcome, data = Outcome(), []
        for position, model in enumerate(models):
            index = position % size
            try:
                if every and (position + 1) % every == 0:
                    raise Refused(MsgCode.DATABASE, "数据库操作失败，请稍后重试")
                if not isinstance(model, dict):
                    raise Refused(MsgCode.PARAMETER, "参数Model的元素不是字典格式")
                bill = save(self.books, form, model, options)
                outcome.success(bill.id, bill.number, index)
                data.append(return_data(bill, fields))
            except Refused as refused:
                outcome.failure(refused, index)
        answer = outcome.result(NeedReturnData=data)
        return self._begin_task(answer) if call.named.get("beginmethod") else answer

    def _begin_task(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Asynchronous BatchSave: the work is done, the answer waits to be fetched."""
        task = str(uuid4())
        self._tasks[task] = answer
        return {"Status": 1, "TaskId": task, "Result": None}

    def _async_result(self, call: Call) -> dict[str, Any]:
        task = str(options_of(call.named.get("queryinfo")).get("taskid") or "")
        if task not in self._tasks:
            raise Refused(MsgCode.DATA_NOT_FOUND, f"任务{task}不存在")
        return {"Status": 2, "TaskId": task, "Result": self._tasks[task]}

    def _step(self, call: Call) -> dict[str, Any]:
        form, act = self._form(call), _act(call)
        return step(self.books, form, call.operation, call.data, act).result()

    def _save_change(self, call: Call) -> dict[str, Any]:
        options = call.data or call.named
        wrapped = options.get("savexsaleorderargs")
        order = wrapped if isinstance(wrapped, dict) else options
        return save_change(self.books, order, _act(call))

    def _allocate(self, call: Call) -> dict[str, Any]:
        return allocate(self.books, self._form(call), call.data, _act(call)).result()

    def _operate(self, call: Call) -> dict[str, Any]:
        spelling = self.books.switches["operation_spelling"]
        if spelling not in ("both", call.operation):
            raise HttpFailure(404, f"找不到服务方法 {call.operation}")
        number = str(call.named.get("opnumber") or "")
        return operate(self.books, self._form(call), number, call.data, _act(call)).result()

    def _workflow_audit(self, call: Call) -> dict[str, Any]:
        """1 approves, 2 rejects, 3 ends the workflow (which is a withdrawal)."""
        form, act = self._form(call), _act(call)
        kind = whole(call.data.get("approvaltype"))

        def decide(bill: Bill) -> None:
            if not has_workflow(self.books, bill):
                raise Refused(MsgCode.NOT_OPERABLE, f"单据[{bill.number}]没有工作流")
            if kind == 1:
                approve(self.books, bill, act)
            elif kind == 2:
                reject(self.books, bill, act, str(call.data.get("disposition") or ""))
            else:
                STEPS["CancelAssign"](self.books, bill, act)

        return each(chosen(self.books, form, call.data), decide).result()


def _act(call: Call) -> Act:
    return read_act(call.data, ignores_by_default=False)


def _stack_trace() -> dict[str, Any]:
    """`Errors` is empty and the reason sits in `Result.Message`, with a .NET stack trace."""
    status = {
        "ErrorCode": 500, "IsSuccess": False, "Errors": [], "SuccessEntitys": [],
        "SuccessMessages": [], "MsgCode": 0,
    }  # fmt: skip
    return {"Result": {"ResponseStatus": status, "Message": STACK_TRACE}}
