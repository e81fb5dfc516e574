"""Shares, ranks and gaps of the programme's official tables, by exact fractions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cleanprod.kernel import ranking
from cleanprod.kernel.term import Term


class Report(Term):
    """The official tables."""

    ANNEX1 = "annex1", "通过清洁生产审核验收企业情况"
    ANNEX2 = "annex2", "各地清洁生产审核预期目标"
    PLATFORM_USE = "platform-use", "“平台”使用情况统计表"
    PROGRESS = "progress", "目标完成进度表"
    OVERVIEW = "overview", "各市情况总表"
    EFFECTS = "effects", "绩效成果统计表"


COUNTED = tuple(one for one in Report if one is not Report.EFFECTS)  # of rounds, not of sheets


class Dimension(Term):
    """By what a breakdown groups; the two kinds of years look at all years, not at one."""

    CITY = "city", "按地市"
    COUNTY = "county", "按县区"
    LEAD = "lead", "按牵头部门"
    TRADE = "trade", "按行业"
    KIND = "kind", "按审核类型"
    LIST_YEAR = "list-year", "按名单年度"
    YEAR = "year", "按验收年度"


class Marked(Term):
    """What is counted of measures by their tags (notice 2023, 二(一))."""

    SUBSTITUTION = "substitution", "低VOCs原辅料替代"
    PROJECTS = "projects", "全封闭、连续化、自动化项目"


OVER_YEARS = frozenset({Dimension.LIST_YEAR, Dimension.YEAR})
NONE = "none"  # in an address: the rounds for which nothing is written there


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rounds alone are counted; blank means all.

    `trade` is a division of GB/T 4754, `sector` a trade that uses solvents by the rulebook.
    """

    city: str = ""
    county: str = ""
    lead: str = ""
    trade: str = ""
    kind: str = ""
    list_year: int | None = None
    sector: str = ""

    @property
    def fine(self) -> bool:
        """Tell whether the cut goes below what the official tables say of every city."""
        return bool(self.county or self.trade or self.kind or self.list_year or self.sector)

    def within(self, bounds: "Cut") -> bool:
        """Tell whether every bound is kept."""
        return all(getattr(self, name) == bound for name, bound in bounds.named().items() if bound)

    def named(self) -> dict[str, Any]:
        """Return what is asked for, by name; what is not asked for is left out."""
        values = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in values if value}


@dataclass(frozen=True, slots=True)
class CityCounts:
    """What was counted for one city, or for one group of a breakdown, named in `city`."""

    no: int
    city: str
    code: str
    listed: int = 0
    registered: int = 0
    planned: int = 0
    industry: int = 0
    ecology: int = 0
    industry_completed: int = 0
    ecology_completed: int = 0
    target: int | None = None

    @property
    def total(self) -> int:
        """Return the accepted enterprises of both leads."""
        return self.industry + self.ecology

    @property
    def platform_completed(self) -> int:
        """Return the accepted enterprises whose platform procedure is completed."""
        return self.industry_completed + self.ecology_completed

    @property
    def share(self) -> Fraction | None:
        """Return completed over accepted, exactly; None when nobody was accepted."""
        return ranking.share(self.platform_completed, self.total)

    @property
    def not_completed(self) -> int:
        """Return how many accepted enterprises have not completed the procedure."""
        return self.total - self.platform_completed

    @property
    def progress(self) -> Fraction | None:
        """Return accepted over target; above 1 is possible and shown as such."""
        return Fraction(self.total, self.target) if self.target else None

    @property
    def completed_progress(self) -> Fraction | None:
        """Return completed over target."""
        return Fraction(self.platform_completed, self.target) if self.target else None


def total_of(rows: Sequence[CityCounts]) -> CityCounts:
    """Return the sum row."""
    summed = {
        name: sum(getattr(row, name) or 0 for row in rows)
        for name in asdict(CityCounts(0, "", ""))
        if name not in ("no", "city", "code", "target")
    }
    targets = [row.target for row in rows if row.target is not None]
    return CityCounts(0, "合计", "", **summed, target=sum(targets) if targets else None)


def printed_share(share: Fraction | None) -> str:
    """Return a share in per cent as the tables print it, without the sign; none is a dash."""
    return ranking.percent(share, 2, none="—").rstrip("%")


def places(rows: Sequence[CityCounts]) -> dict[str, int | None]:
    """Return the place of each city by its exact share; a city without acceptances has none."""
    ranked = ranking.rank((row.code, row.platform_completed, row.total) for row in rows)
    return {one.key: one.place for one in ranked}


def as_json(value: Any) -> Any:
    """Return a fraction as the number JSON carries, to six digits; an exact amount as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return round(float(value), 6) if isinstance(value, Fraction) else value
