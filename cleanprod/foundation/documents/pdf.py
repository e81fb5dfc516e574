"""Print a paper as PDF with typst; the same paper gives the same bytes."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

from cleanprod.foundation.documents import codes, flow, letter
from cleanprod.foundation.documents.blocks import Form, Paper
from cleanprod.foundation.documents.standard import GB_T_9704_2012, RED, TITLE_SQUEEZE

_TEMPLATE = Path(__file__).with_name("paper.typ")
_SERIF, _SANS = "Noto Serif SC", "Noto Sans SC"
# Names under which an office's own fonts may come, best first; the wheel's come last.
_WISHES = {
    "body": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "FandolFang"),
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK"),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "FandolKai"),
    "hei": ("SimHei", "黑体", "STHeiti", "FandolHei"),
    "song": ("SimSun", "宋体", "STSong", "FandolSong"),
}


def render(paper: Paper) -> bytes:
    """Return the paper as PDF bytes, dated by the paper itself."""
    return bundle([paper], paper.title)


def bundle(papers: Sequence[Paper], title: str) -> bytes:
    """Return papers of one form in one PDF, each with its own page numbers; dated by the first."""
    day = papers[0].properties.created
    compiler = typst.Compiler(
        _TEMPLATE.read_bytes(),
        root=_TEMPLATE.parent,
        font_paths=fonts(settings.PAPER_FONTS),
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(_data(papers, title), ensure_ascii=False)},
    )
    stamp = datetime.combine(day, time(), tzinfo=UTC)
    result = compiler.compile(format="pdf", timestamp=int(stamp.timestamp()))
    if not isinstance(result, bytes):
        raise RuntimeError("typst returned no single PDF")
    return result


@lru_cache(maxsize=4)
def fonts(folder: str) -> typst.Fonts:
    """Return the fonts of a folder and those that come with us."""
    own = [folder] if folder else []
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[*own, str(pylopdf_fonts_zh_cn.serif_path().parent)],
    )


@lru_cache(maxsize=4)
def _families(folder: str) -> dict[str, Any]:
    present = {family.casefold(): family for family in fonts(folder).families()}
    chosen: dict[str, Any] = {}
    for role, names in _WISHES.items():
        found = [present[name.casefold()] for name in names if name.casefold() in present]
        chosen[role] = [*found[:1], _SANS if role == "hei" else _SERIF]
    chosen["title-is-heavy"] = len(chosen["title"]) > 1
    return chosen


def _data(papers: Sequence[Paper], title: str) -> dict[str, Any]:
    paper, measures = papers[0], GB_T_9704_2012
    day = paper.properties.created
    derived = {name: getattr(measures, name) for name in ("right", "bottom", "pitch", "character")}
    return {
        "title": " ".join(flow.clean(title).split("\n")),
        "author": flow.clean(paper.properties.author),
        "subject": flow.clean(paper.properties.subject),
        "created": {"year": day.year, "month": day.month, "day": day.day},
        "letter": paper.form is Form.LETTER,
        "measures": asdict(measures) | derived,
        "fonts": _families(settings.PAPER_FONTS),
        "red": f"#{RED}",
        "title-squeeze": TITLE_SQUEEZE,
        "sheets": [
            {
                "landscape": sheet.landscape,
                "opens": number == 0,
                "items": [_item(item) for item in sheet.items],
            }
            for one in papers
            for number, sheet in enumerate(letter.layout(one))
        ],
    }


def _item(item: flow.Item) -> dict[str, Any]:
    data = asdict(item)
    if isinstance(item, flow.Picture):
        data["svg"] = codes.svg(item.rows)
    if isinstance(item, flow.Head):
        data["names"] = [
            {"text": name, "spacing": letter.head_spacing(name, item.issuers, item.size)}
            for name in item.issuers
        ]
    return data
