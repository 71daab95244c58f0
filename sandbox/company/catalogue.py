"""What the generated company makes: gear units, their parts, and how they hang together."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from .model import BomLine, Material

SERIES = (
    ("PX", "行星减速机"),
    ("HR", "斜齿轮减速机"),
    ("WJ", "蜗轮减速机"),
    ("SM", "伺服电机"),
    ("DT", "电动推杆"),
)
"""Prefix and name; ten sizes each."""
PER_SERIES = 10
ASSEMBLIES = ("齿轮组", "箱体组", "输出轴组", "转子组", "端盖组", "丝杆组", "刹车组", "编码器组")
PARTS = (
    "太阳轮", "行星轮", "内齿圈", "输入轴", "输出轴", "深沟球轴承", "圆锥滚子轴承", "油封",
    "箱体毛坯", "端盖毛坯", "内六角螺栓", "平键", "挡圈", "接线盒", "漆包线", "硅钢片",
)  # fmt: skip
BULK = ("齿轮油", "铸铁", "合金钢", "润滑脂")
"""Bought and counted in kilograms."""
SETS = ("安装附件", "维修包", "法兰套件", "联轴器")
"""Sold by the set, bought ready-made."""
SUPPLIERS = 8
LOST_OF_BULK = Decimal(5)
"""Per cent of what is bought by weight that is needed on top."""
FREIGHT = "FY-0001"
GIFT = "ZP-0001"


def supplier_number(place: int) -> str:
    """The usual supplier of the material at `place` of its group."""
    return f"GYS{place % SUPPLIERS + 1:03}"


class Catalogue:
    """120 materials in 3 units, and bills of material of three levels."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.finished = [self._finished(place) for place in range(len(SERIES) * PER_SERIES)]
        self.sets = [self._set(place) for place in range(12)]
        self.assemblies = [self._assembly(place) for place in range(16)]
        self.parts = [self._part(place) for place in range(32)]
        self.bulk = [self._bulk(place) for place in range(8)]
        self.others = [
            Material(number=FREIGHT, name="运费"),
            Material(number=GIFT, name="定制工具箱（赠品）", standard_cost=Decimal("38.50")),
        ]
        self.bom = self._bom()

    @property
    def materials(self) -> tuple[Material, ...]:
        groups = (
            self.finished, self.sets, self.assemblies, self.parts, self.bulk, self.others,
        )  # fmt: skip
        return tuple(material for group in groups for material in group)

    def _finished(self, place: int) -> Material:
        prefix, name = SERIES[place // PER_SERIES]
        size = 40 + 15 * (place % PER_SERIES)
        price = self._money(180 + size * 4, 900 + size * 30)
        return Material(
            number=f"{prefix}-{size:03}",
            name=f"{name}{size}型",
            specification=f"速比{self._random.choice((5, 10, 20, 40))}:1 法兰{size}mm",
            make_or_buy="make",
            list_price=price,
            standard_cost=self._share(price, "0.62"),
            safety_stock=Decimal(self._random.randint(0, 20)),
            lead_days=self._random.randint(7, 25),
        )

    def _set(self, place: int) -> Material:
        price = self._money(30, 600)
        return Material(
            number=f"FJ-{place + 1:04}",
            name=f"{SETS[place % len(SETS)]}{place // len(SETS) + 1}号",
            unit="Set",
            list_price=price,
            standard_cost=self._share(price, "0.55"),
            lead_days=self._random.randint(3, 12),
            group="TJ",
            supplier=supplier_number(place),
        )

    def _assembly(self, place: int) -> Material:
        return Material(
            number=f"BC-{place + 1:04}",
            name=f"{ASSEMBLIES[place % len(ASSEMBLIES)]}{place // len(ASSEMBLIES) + 1}号",
            make_or_buy="make",
            saleable=False,
            standard_cost=self._money(60, 500),
            lead_days=self._random.randint(3, 10),
            group="BC",
        )

    def _part(self, place: int) -> Material:
        return Material(
            number=f"LJ-{place + 1:04}",
            name=f"{PARTS[place % len(PARTS)]}{place // len(PARTS) + 1}号",
            saleable=False,
            standard_cost=self._money(1, 120),
            safety_stock=Decimal(self._random.randint(20, 400)),
            lead_days=self._random.choice((5, 10, 15, 30, 45)),
            minimum_lot=Decimal(50 * (place % 4)),
            lot_multiple=Decimal((0, 10, 25)[place % 3]),
            group="LJ",
            supplier=supplier_number(place),
        )

    def _bulk(self, place: int) -> Material:
        return Material(
            number=f"YL-{place + 1:04}",
            name=f"{BULK[place % len(BULK)]}{place // len(BULK) + 1}号",
            unit="Kg",
            saleable=False,
            standard_cost=self._money(4, 60),
            safety_stock=Decimal(self._random.randint(50, 500)),
            lead_days=self._random.randint(5, 20),
            minimum_lot=Decimal(100),
            group="YL",
            supplier=supplier_number(place),
        )

    def _bom(self) -> tuple[BomLine, ...]:
        lines: list[BomLine] = []
        for product in self.finished:
            lines.append(self._line(product, self._random.choice(self.assemblies), 1))
            lines += [
                self._line(product, part, self._random.randint(1, 8))
                for part in self._random.sample(self.parts, 4)
            ]
        for assembly in self.assemblies:
            lines += [
                self._line(assembly, part, self._random.randint(1, 6))
                for part in self._random.sample(self.parts, 3)
            ]
            kilograms = Decimal(self._random.randint(5, 250)) / 100
            bulk = self._random.choice(self.bulk)
            lines.append(self._line(assembly, bulk, kilograms, scrap=LOST_OF_BULK))
        half = len(self.assemblies) // 2
        pairs = zip(self.assemblies[:half], self.assemblies[half:], strict=True)
        lines += [self._line(upper, lower, 1) for upper, lower in pairs]
        return tuple(lines)

    def _line(
        self,
        parent: Material,
        component: Material,
        quantity: int | Decimal,
        scrap: Decimal = Decimal(0),
    ) -> BomLine:
        return BomLine(
            parent=parent.number,
            component=component.number,
            quantity=Decimal(quantity),
            unit=component.unit,
            scrap=scrap,
        )

    def _money(self, low: int, high: int) -> Decimal:
        return Decimal(self._random.randint(low * 100, high * 100)) / 100

    def _share(self, price: Decimal, share: str) -> Decimal:
        return (price * Decimal(share)).quantize(Decimal("0.01"))
