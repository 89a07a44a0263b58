"""One criteria set (or the criteria of a supplement) from its mapping."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from criteria.rules.library.conditions import read_conditions
from criteria.rules.library.content import CommuneGroup
from criteria.rules.library.fields import NO_DAY, Fields
from criteria.rules.library.nodes import Scalar
from criteria.rules.library.parts import (
    FAMILY_CODE,
    PART_KEYS,
    PLAIN_CODE,
    Frame,
    Shelf,
    read_department,
    read_part,
)
from criteria.rules.rulebook import Criterion, Indicator, Part, Rulebook
from criteria.rules.vocabulary import Confidence, LabelledEnum, Level, Tier

SET_KEYS = (
    "family name short_name level tier decision period counts draft counts_here confidence confidence_note"
    " threshold_confidence_cap region_rules notes sources amended_by annexes commune_groups conditions"
    " criteria"
)
_DECISION_KEYS = "number date effective issuer annex basis"
_CRITERION_KEYS = "number name group department sources indicators"
_INDICATOR_KEYS = (
    f"code name requirement {PART_KEYS} parts department confidence threshold_confidence confirmed_by_source"
    " not_applicable_when alternative note sources"
)
_PART_KEYS = f"code name {PART_KEYS}"
_NUMBERED = re.compile(r"\d+\.\d+")


class Confirmation(LabelledEnum):
    """Which part of an indicator an outside source states."""

    NONE = "none", "không có nguồn"
    CODE = "code", "số thứ tự và chủ đề"
    NAME = "name", "tên"
    NAME_AND_THRESHOLD = "name+threshold", "tên và ngưỡng"
    PARTIAL = "partial", "một phần"
    PREVIOUS_PERIOD = "previous_period", "trùng với giai đoạn trước"


@dataclass(frozen=True, slots=True)
class SetFile:
    """A set as read from its file, with what the checks of the whole library still need."""

    rulebook: Rulebook
    fields: Fields
    groups: tuple[CommuneGroup, ...]


def read_set(fields: Fields, shelf: Shelf) -> SetFile:
    """The rulebook of one file, national criteria only. Problems go to the file's source."""
    period = _read_period(fields)
    family = fields.matching("family", FAMILY_CODE, "dùng chữ thường không dấu, số và gạch ngang")
    groups = tuple(
        CommuneGroup(
            family, item.matching("code", PLAIN_CODE, "dùng chữ thường không dấu"), item.text("definition")
        )
        for item in fields.each("commune_groups", "code definition")
    )
    frame = Frame(
        level=fields.choice("level", Level, Level.COMMUNE),
        period=period,
        groups=tuple(group.code for group in groups),
        confidence_cap=fields.choice("threshold_confidence_cap", Confidence, Confidence.HIGH, required=False),
    )
    decision = _read_decision(fields)
    rulebook = Rulebook(
        family=family,
        version=decision.number,
        name=fields.text("name"),
        short_name=fields.text("short_name"),
        level=frame.level,
        tier=fields.choice("tier", Tier, Tier.STANDARD),
        decided_on=decision.decided_on,
        effective_on=decision.effective_on,
        issuer=decision.issuer,
        annex=decision.annex,
        period=period,
        counts=_read_counts(fields),
        is_draft=fields.flag("draft"),
        confidence=fields.choice("confidence", Confidence, Confidence.LOW),
        criteria=read_criteria(fields, shelf, frame),
        conditions=read_conditions(fields, shelf, frame),
        notes=_read_notes(fields, decision.basis, groups),
        sources=fields.texts("sources"),
        amended_by=fields.texts("amended_by"),
    )
    return SetFile(rulebook, fields, groups)


@dataclass(frozen=True, slots=True)
class _Decision:
    number: str = ""
    decided_on: date = NO_DAY
    effective_on: date = NO_DAY
    issuer: str = ""
    annex: str = ""
    basis: str = ""


def _read_decision(fields: Fields) -> _Decision:
    """The decision that issues the set; without a day of its own it takes effect on the day it was signed."""
    inner = fields.inner("decision", _DECISION_KEYS, required=True)
    if inner is None:
        return _Decision()
    decided_on = inner.day("date")
    effective_on = inner.day("effective", decided_on) if "effective" in inner else decided_on
    if effective_on < decided_on:
        inner.tell(
            "effective", "ngày có hiệu lực trước ngày ban hành", "đối chiếu văn bản, sửa một trong hai ngày"
        )
    return _Decision(
        number=inner.text("number"),
        decided_on=decided_on,
        effective_on=effective_on,
        issuer=inner.text("issuer"),
        annex=inner.text("annex", ""),
        basis=inner.text("basis", ""),
    )


def _read_period(fields: Fields) -> tuple[int, int]:
    nodes = fields.nodes("period", required=True)
    years = [
        int(node.text) for node in nodes if isinstance(node, Scalar) and re.fullmatch(r"\d{4}", node.text)
    ]
    if len(years) != 2 or years[0] > years[1]:
        fields.tell("period", "giai đoạn phải là hai năm, năm đầu trước", "viết period: [2021, 2025]")
        return (1, 9999)
    return (years[0], years[1])


def _read_counts(fields: Fields) -> tuple[int, int]:
    counts = fields.inner("counts", "criteria indicators conditions", required=True)
    return (counts.whole("criteria") or 0, counts.whole("indicators") or 0) if counts else (0, 0)


def _read_notes(fields: Fields, basis: str, groups: tuple[CommuneGroup, ...]) -> tuple[str, ...]:
    """Everything a reader of the set's page should know, in one list of sentences."""
    notes = list(fields.texts("region_rules"))
    note = fields.text("confidence_note", "")
    notes += [note] if note else []
    notes += [f"Căn cứ: {basis}"] if basis else []
    notes += fields.texts("notes")
    notes += [f"{item.text('annex')}: {item.text('name')}" for item in fields.each("annexes", "annex name")]
    notes += [f"Nhóm xã {group.code.removeprefix('nhom_')}: {group.definition}" for group in groups]
    return tuple(notes)


def read_criteria(fields: Fields, shelf: Shelf, frame: Frame, supplement: str = "") -> tuple[Criterion, ...]:
    """The criteria listed under `criteria`, each marked with `supplement`."""
    found: dict[int, Criterion] = {}
    for item in fields.each("criteria", _CRITERION_KEYS, required=True):
        number = item.whole("number") or 0
        lead, others = read_department(item, shelf)
        criterion = Criterion(
            number=number,
            name=item.text("name"),
            indicators=_read_indicators(item, number, shelf, frame),
            group=item.text("group", ""),
            lead=lead,
            others=others,
            supplement=supplement,
        )
        if number in found:
            item.tell("number", f"tiêu chí số {number} viết hai lần", "đánh số lại")
        found[number] = criterion
    return tuple(found.values())


def _read_indicators(criterion: Fields, number: int, shelf: Shelf, frame: Frame) -> tuple[Indicator, ...]:
    found: dict[str, Indicator] = {}
    inherited = criterion.texts("sources")
    for item in criterion.each("indicators", _INDICATOR_KEYS, required=True):
        code = item.text("code")
        if not _NUMBERED.fullmatch(code) or code.split(".")[0] != str(number):
            item.tell(
                "code",
                f"mã chỉ tiêu “{code}” không thuộc tiêu chí {number}",
                f"viết '{number}.1', '{number}.2', …",
            )
        if code in found:
            item.tell("code", f"chỉ tiêu “{code}” viết hai lần", "đánh số lại")
        found[code] = _read_indicator(item, code, inherited, shelf, frame)
    return tuple(found.values())


def _read_indicator(
    item: Fields, code: str, inherited: tuple[str, ...], shelf: Shelf, frame: Frame
) -> Indicator:
    confirmed = item.choice("confirmed_by_source", Confirmation, Confirmation.NONE)
    # A criterion's source speaks for those of its indicators that some source confirms, not for the others.
    sources = item.texts("sources") or (inherited if confirmed is not Confirmation.NONE else ())
    confidence = item.choice("threshold_confidence", Confidence, Confidence.LOW)
    stated = "; ".join(sources) if confirmed is Confirmation.NAME_AND_THRESHOLD else ""
    lead, others = read_department(item, shelf)
    return Indicator(
        code=code,
        name=item.text("name"),
        parts=_read_parts(item, shelf, frame, confidence, stated),
        requirement=item.text("requirement"),
        lead=lead,
        others=others,
        confidence=item.choice("confidence", Confidence, Confidence.LOW),
        not_applicable_when=item.text("not_applicable_when", ""),
        alternative=item.text("alternative", ""),
        note=item.text("note", ""),
        source="; ".join(sources),
    )


def _read_parts(
    item: Fields, shelf: Shelf, frame: Frame, confidence: Confidence, source: str
) -> tuple[Part, ...]:
    if "parts" not in item:
        part = read_part(item, shelf, frame, confidence=confidence, source=source)
        return (part,) if part else ()
    if any(key in item for key in PART_KEYS.split()):
        item.tell("parts", "chỉ tiêu vừa có parts vừa có số đo riêng", "để mọi số đo và ngưỡng trong parts")
    found: dict[str, Part] = {}
    for inner in item.each("parts", _PART_KEYS):
        code = inner.matching("code", "[a-z]", "viết một chữ cái: a, b, …")
        part = read_part(
            inner, shelf, frame, confidence=confidence, source=source, code=code, name=inner.text("name")
        )
        if code in found:
            inner.tell("code", f"phần “{code}” viết hai lần", "đặt chữ cái khác")
        if part:
            found[code] = part
    return tuple(found.values())
