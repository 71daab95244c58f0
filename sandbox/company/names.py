"""Invented Chinese names. A likeness to anybody is chance: characters are drawn at random."""

from __future__ import annotations

from random import Random

CITIES = {
    "苏州": "320500",
    "无锡": "320200",
    "宁波": "330200",
    "温州": "330300",
    "台州": "331000",
    "青岛": "370200",
    "烟台": "370600",
    "东莞": "441900",
    "佛山": "440600",
    "常州": "320400",
    "合肥": "340100",
    "洛阳": "410300",
}
"""City → its division code, which stands in a credit code."""
FIRST = "岚峤泓澜砚铎珩屿栩昱翊朔沅霁骁堃"
SECOND = "渡峦汀野垣岑陌川澍原屹行照鸣越澄"
TRADES = (
    "机械",
    "自动化设备",
    "包装机械",
    "输送设备",
    "环保科技",
    "精密制造",
    "纺织机械",
    "食品机械",
    "矿山装备",
    "智能装备",
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = (
    "建国",
    "晓岚",
    "志远",
    "雨桐",
    "海涛",
    "静怡",
    "文博",
    "思齐",
    "立群",
    "佳宁",
    "永强",
    "若溪",
)
STREETS = ("工业园", "科创", "临港", "新安", "滨河", "学府", "迎宾", "锦绣")


class Names:
    """Names that do not repeat, drawn from one generator."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._used: set[str] = set()

    def city(self) -> str:
        return self._random.choice(list(CITIES))

    def company(self, city: str) -> str:
        """`city` stands in front, or in full-width brackets before 有限公司."""
        while True:
            word = self._random.choice(FIRST) + self._random.choice(SECOND)
            core = word + self._random.choice(TRADES)
            in_front = self._random.random() < 0.7
            name = f"{city}{core}有限公司" if in_front else f"{core}（{city}）有限公司"
            if core not in self._used:
                self._used.add(core)
                return name

    def person(self) -> str:
        while True:
            name = self._random.choice(SURNAMES) + self._random.choice(GIVEN)
            if name not in self._used:
                self._used.add(name)
                return name

    def address(self, city: str) -> str:
        street, number = self._random.choice(STREETS), self._random.randint(1, 399)
        return f"{city}市{street}路{number}号"


def misspelt(name: str, variant: int) -> str:
    """`name` as a colleague typed it: other brackets, a longer form, or none at all."""
    variants = (
        name.replace("（", "(").replace("）", ")").replace("有限公司", "有限责任公司"),
        name.removesuffix("有限公司"),
        f" {name}",
    )
    return variants[variant % len(variants)]


def branch(name: str, city: str) -> str:
    """A branch of that company, which goes by the same credit code in many CRMs."""
    return f"{name}{city}分公司"
