"""The sandbox behind real sockets, filled with the generated company."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from uuid import uuid4

import pytest
import requests

from sandbox.__main__ import SYSTEMS, main
from sandbox.company.generate import demo
from sandbox.fxiaoke import FxiaokeSandbox
from sandbox.server import start


@pytest.fixture
def served():
    sandbox = FxiaokeSandbox(demo(today=date(2026, 11, 21)))
    url, stop = start(sandbox)
    yield sandbox, url
    stop()


def post(session, url, path, body, **headers):
    answer = session.post(f"{url}{path}?thirdTraceId={uuid4()}", json=body, headers=headers)
    assert answer.status_code == 200
    return answer.json()


def log_in(session, sandbox, url):
    settings, env = sandbox.settings(url)
    body = {
        "appId": settings["app_id"],
        "appSecret": env["FXIAOKE_APP_SECRET"],
        "permanentCode": env["FXIAOKE_PERMANENT_CODE"],
        "grantType": "app_secret",
    }
    token = post(session, url, "/oauth2.0/token", body)
    return {
        "authorization": f"Bearer {token['accessToken']}",
        "x-fs-ea": token["ea"],
        "x-fs-userid": settings["user_id"],
    }


def test_the_demo_company_is_read_over_http(served):
    sandbox, url = served
    with requests.Session() as session:
        headers = log_in(session, sandbox, url)
        body = {"data": {"dataObjectApiName": "SalesOrderObj"}}
        page = post(session, url, "/cgi/crm/v2/data/query", body, **headers)
    assert page["data"]["total"] == 400
    assert page["data"]["dataList"][0]["name"].startswith("202611")


def test_people_work_through_the_side_door(served):
    sandbox, url = served
    number = sandbox.records("SalesOrderObj")[0]["name"]
    body = {"number": number, "fields": {"remark": "加急"}, "by": "王五"}
    with requests.Session() as session:
        assert session.post(f"{url}/_sandbox/people/edit", json=body).status_code == 200
        wrong = session.post(f"{url}/_sandbox/people/edit", json={"number": "0", "fields": {}})
        entries = session.get(f"{url}/_sandbox/ledger").json()["entries"]
    assert wrong.status_code == 400
    assert entries[-1]["by"] == "person:王五"


def test_a_lost_answer_leaves_its_trace_in_the_ledger(served):
    sandbox, url = served
    sandbox.faults.set([{"do": "lose_answer", "operation": "create", "times": 1}])
    sent = {"dataObjectApiName": "AccountObj", "name": "丁公司"}
    with requests.Session() as session:
        headers = log_in(session, sandbox, url)
        with pytest.raises(requests.ConnectionError):
            post(
                session,
                url,
                "/cgi/crm/v2/data/create",
                {"triggerWorkFlow": False, "data": {"object_data": sent}},
                **headers,
            )
    assert sandbox.ledger.summary()["commit create AccountObj"] == 1


def test_the_command_line_serves_until_it_is_told_to_stop():
    command = [sys.executable, "-m", "sandbox", "fxiaoke", "--json", "--switch", "visible_after=2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        announced = json.loads(process.stdout.readline())
        with requests.Session() as session:
            switches = session.get(f"{announced['url']}/_sandbox/switches").json()
        process.terminate()
        assert process.wait(timeout=10) == 0
    assert announced["settings"]["adapter"] == "fxiaoke"
    assert set(announced["env"]) == {"FXIAOKE_APP_SECRET", "FXIAOKE_PERMANENT_CODE"}
    assert switches["visible_after"] == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody"], f"unknown system 'nobody'; there are: {', '.join(SYSTEMS)}"),
        (["fxiaoke", "--load", "/nowhere"], "/nowhere: no such folder"),
        (["fxiaoke", "--switch", "colour=1"], "unknown switches colour; there are: "),
        (["fxiaoke", "--switch", "visible_after=soon"], "there must be JSON"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(capsys, arguments, sentence):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
