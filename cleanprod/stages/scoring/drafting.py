"""What the members of a sitting gave by focus, and the opinion drafted from it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cleanprod.stages.scoring.rules import Answers, Focus, Item, Sheet, outcome

_TENTH, _CENT, _ZERO = Decimal("0.1"), Decimal("0.01"), Decimal(0)


@dataclass(frozen=True, slots=True)
class Block:
    """What the members gave in one focus; the rate is exact, of the mean to the maximum."""

    title: str
    items: tuple[Item, ...]
    maximum: Decimal
    mean: Decimal | None

    @property
    def rate(self) -> str:
        """Return the share in percent with one decimal, a dash while nothing was given."""
        if self.mean is None:
            return "—"
        return str((self.mean * 100 / self.maximum).quantize(_TENTH, ROUND_HALF_UP))

    @property
    def shown_mean(self) -> str:
        """Return the mean with two decimals, a dash while nothing was given."""
        return "—" if self.mean is None else str(self.mean.quantize(_CENT, ROUND_HALF_UP))


def blocks(sheet: Sheet, members: Sequence[Answers]) -> list[Block]:
    """Return the focuses of a sheet in order, what names none last, with the members' means."""
    found = []
    for focus in (*Focus, None):
        items = tuple(one for one in sheet.items if one.focus is focus)
        if not items:
            continue
        given = [sum((one.scores.get(n.number, _ZERO) for n in items), _ZERO) for one in members]
        found.append(
            Block(
                focus.label if focus else "其他项目", items,
                sum((one.maximum for one in items), _ZERO),
                sum(given, _ZERO) / len(given) if given else None,
            )
        )  # fmt: skip
    return found


def drafted(sheet: Sheet, members: Sequence[Answers]) -> str:
    """Return an opinion drafted from the remarks, focus by focus, and what it comes to."""
    lines = []
    for veto in sheet.vetoes:
        said = [one.remarks[veto.number] for one in members if veto.number in one.vetoes]
        if said:
            lines.append(f"否决项：{veto.text}（{'；'.join(said)}）。")
    for block in blocks(sheet, members):
        told = [line for item in block.items if (line := _told(item, members))]
        rate = f"得分率{block.rate}%"
        lines.append(f"{block.title}（{rate}）：" + ("" if told else "专家未提出意见。"))
        lines += [f"{place}. {line}" for place, line in enumerate(told, 1)]
    found = outcome(sheet, members)
    mean = "" if found.mean is None else f"平均分{found.mean}分，"
    return "\n".join([*lines, f"结论：{mean}{found.meaning}。"])


def _told(item: Item, members: Sequence[Answers]) -> str:
    """Return what the members remarked on an item that lost points, each remark once."""
    said = [
        one.remarks[item.number].rstrip("。；")
        for one in members
        if one.scores.get(item.number, item.maximum) < item.maximum and one.remarks.get(item.number)
    ]
    return f"{item.text}：{'；'.join(dict.fromkeys(said))}。" if said else ""
