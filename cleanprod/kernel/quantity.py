"""Amounts with a unit; conversion is exact, and unlike things cannot be added."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Self

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.term import Term
from cleanprod.kernel.text import tidy

# Sums are computed in a context that raises instead of rounding.
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])


class Dimension(Term):
    """What is measured."""

    ELECTRICITY = "electricity", "电量"
    MASS = "mass", "质量"
    VOLUME = "volume", "体积"
    MONEY = "money", "金额"
    COAL = "coal", "标准煤"
    HEAT = "heat", "热量"
    CARBON = "carbon", "碳"
    CO2 = "co2", "二氧化碳"


class Unit(Term):
    """The units that forms and reports use."""

    KWH = "kWh", "千瓦时"
    MWH = "MWh", "兆瓦时"
    WAN_KWH = "万kWh", "万千瓦时"
    G = "g", "克"
    KG = "kg", "千克"
    T = "t", "吨"
    WAN_T = "万t", "万吨"
    L = "L", "升"
    M3 = "m3", "立方米"
    WAN_M3 = "万m3", "万立方米"
    YUAN = "元", "元"
    WAN_YUAN = "万元", "万元"
    KGCE = "kgce", "千克标准煤"
    TCE = "tce", "吨标准煤"
    WAN_TCE = "万tce", "万吨标准煤"
    MJ = "MJ", "兆焦"
    GJ = "GJ", "吉焦"
    TJ = "TJ", "太焦"
    TC = "tC", "吨碳"
    KGCO2 = "kgCO2", "千克二氧化碳"
    TCO2 = "tCO2", "吨二氧化碳"
    WAN_TCO2 = "万tCO2", "万吨二氧化碳"

    @property
    def dimension(self) -> Dimension:
        """Return what the unit measures."""
        return _SCALE[self][0]

    @classmethod
    def read(cls, text: str) -> "Unit | None":
        """Return the unit that a person wrote, by sign, name or usual other name."""
        sign = tidy(text)
        return cls.from_label(sign) or _WRITTEN.get(_DOTS.sub("", sign.casefold()))

    def standing_for(self, dimension: Dimension) -> "Unit":
        """Return the unit of coal or carbon dioxide that a bare t or kg means in its column."""
        return _WEIGHED.get((dimension, self), self)


# The power of ten that leads to the dimension's smallest unit.
_SCALE = {
    Unit.KWH: (Dimension.ELECTRICITY, 0),
    Unit.MWH: (Dimension.ELECTRICITY, 3),
    Unit.WAN_KWH: (Dimension.ELECTRICITY, 4),
    Unit.G: (Dimension.MASS, 0),
    Unit.KG: (Dimension.MASS, 3),
    Unit.T: (Dimension.MASS, 6),
    Unit.WAN_T: (Dimension.MASS, 10),
    Unit.L: (Dimension.VOLUME, 0),
    Unit.M3: (Dimension.VOLUME, 3),
    Unit.WAN_M3: (Dimension.VOLUME, 7),
    Unit.YUAN: (Dimension.MONEY, 0),
    Unit.WAN_YUAN: (Dimension.MONEY, 4),
    Unit.KGCE: (Dimension.COAL, 0),
    Unit.TCE: (Dimension.COAL, 3),
    Unit.WAN_TCE: (Dimension.COAL, 7),
    Unit.MJ: (Dimension.HEAT, 0),
    Unit.GJ: (Dimension.HEAT, 3),
    Unit.TJ: (Dimension.HEAT, 6),
    Unit.TC: (Dimension.CARBON, 0),
    Unit.KGCO2: (Dimension.CO2, 0),
    Unit.TCO2: (Dimension.CO2, 3),
    Unit.WAN_TCO2: (Dimension.CO2, 7),
}

_WEIGHED = {
    (Dimension.COAL, Unit.KG): Unit.KGCE,
    (Dimension.COAL, Unit.T): Unit.TCE,
    (Dimension.COAL, Unit.WAN_T): Unit.WAN_TCE,
    (Dimension.CO2, Unit.KG): Unit.KGCO2,
    (Dimension.CO2, Unit.T): Unit.TCO2,
    (Dimension.CO2, Unit.WAN_T): Unit.WAN_TCO2,
}

# The dot of kW·h, however it is typed.
_DOTS = re.compile(r"(?<=[w瓦])[·•・.](?=[h时])")

_WRITTEN = {unit.value.casefold(): unit for unit in Unit} | {
    "度": Unit.KWH,
    "千瓦时": Unit.KWH,
    "万度": Unit.WAN_KWH,
    "万千瓦时": Unit.WAN_KWH,
    "兆瓦时": Unit.MWH,
    "公斤": Unit.KG,
    "公升": Unit.L,
    "方": Unit.M3,
    "立方": Unit.M3,
    "万方": Unit.WAN_M3,
    "nm3": Unit.M3,
    "标方": Unit.M3,
    "标准立方米": Unit.M3,
    "万nm3": Unit.WAN_M3,
    "万标方": Unit.WAN_M3,
    "万标准立方米": Unit.WAN_M3,
    "标立方米": Unit.M3,
    "万标立方米": Unit.WAN_M3,
    "吨标煤": Unit.TCE,
    "万吨标煤": Unit.WAN_TCE,
    "千克标煤": Unit.KGCE,
    "公斤标煤": Unit.KGCE,
    "公斤标准煤": Unit.KGCE,
    "百万千焦": Unit.GJ,
    "吨co2": Unit.TCO2,
    "千克co2": Unit.KGCO2,
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A finite amount of a unit."""

    amount: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise Refused("数量必须是有限的数")

    def to(self, unit: Unit) -> "Quantity":
        """Return the same quantity in another unit of the same dimension, without rounding."""
        if unit is self.unit:
            return self
        self._same_dimension(unit)
        sign, digits, exponent = self.amount.as_tuple()
        shift = _SCALE[self.unit][1] - _SCALE[unit][1]
        return Quantity(Decimal((sign, digits, int(exponent) + shift)), unit)

    def __add__(self, other: Self) -> "Quantity":
        return Quantity(_EXACT.add(self.amount, other.to(self.unit).amount), self.unit)

    def __sub__(self, other: Self) -> "Quantity":
        return Quantity(_EXACT.subtract(self.amount, other.to(self.unit).amount), self.unit)

    def _same_dimension(self, unit: Unit) -> None:
        if unit.dimension is not self.unit.dimension:
            raise Refused(
                f"{self.unit.label}（{self.unit.dimension.label}）与"
                f"{unit.label}（{unit.dimension.label}）不能相互换算或相加"
            )


def total(quantities: Iterable[Quantity], unit: Unit) -> Quantity:
    """Add quantities of one dimension and return the sum in a unit; nothing adds up to zero."""
    return sum(quantities, start=Quantity(Decimal(0), unit))
