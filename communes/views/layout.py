"""How the rows of a sheet lie on the page: under criteria with their verdicts, under conditions, computed lines.

Built from a `Desk` without a query; the templates only print it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from communes.queries.sheets import ConditionRow, CriterionBlock, shown_fact
from communes.views.desk import Desk
from communes.views.rows import Row
from criteria.rules.judging import Conclusion, conclude
from criteria.rules.vocabulary import Basis, ConditionKind, Verdict


@dataclass(frozen=True)
class Line:
    """A verdict on one basis, for a head."""

    basis: Basis
    verdict: Verdict
    provisional: bool


@dataclass(frozen=True)
class Group:
    """A criterion with its rows. `if_sent` is the verdict it would have with what is typed now, where it differs;
    `drafts` and `may_propose` count what its button would send, or hand to the chairman."""

    key: str
    number: str
    name: str
    lead: str
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    why: str = ""
    count: int = 0
    if_sent: Conclusion | None = None
    drafts: int = 0
    may_propose: int = 0

    @property
    def id(self) -> str:
        return f"h-{self.key}"


@dataclass(frozen=True)
class Computed:
    """A condition that nobody types: it follows from criteria, surveys or other units."""

    key: str
    text: str
    shown: str
    lines: tuple[Line, ...]
    link: str = ""
    link_label: str = ""
    why: str = ""

    @property
    def id(self) -> str:
        return f"c-{self.key}"


@dataclass(frozen=True)
class ConditionItem:
    """A condition on the sheet: its computed line (also of a choice), and the rows that are typed for it."""

    computed: Computed | None
    rows: tuple[Row, ...]


def _is_computed(row: ConditionRow) -> bool:
    return len(row.parts) != 1


def _ratio_shown(row: ConditionRow) -> str:
    """A condition on another set's value ("≥ 110 % of …"): that value, and what is asked."""
    part = next((part for found in row.findings.values() for part in found.parts), None)
    if part is None or row.parts:
        return ""
    return f"{shown_fact(part)}; yêu cầu {part.bound.text}" if part.bound.text else shown_fact(part)


def groups_of(desk: Desk, shown: Sequence[str] | None = None) -> list[Group]:
    """Criteria with those of their rows that are shown; without rows a criterion is left out."""
    wanted = set(desk.rows if shown is None else shown)
    found = [_group(desk, block, wanted) for block in desk.sheet.blocks]
    return [group for group in found if group.rows or shown is None]


def group_with(desk: Desk, measure: str) -> Group | None:
    """The criterion under which a measure stands; None for that of a condition."""
    return next((group for group in groups_of(desk) if any(row.measure == measure for row in group.rows)), None)


def _group(desk: Desk, block: CriterionBlock, wanted: set[str]) -> Group:
    every = [desk.rows[part.measure.code] for row in block.rows for part in row.parts]
    return Group(
        key=str(block.criterion.number),
        number=str(block.criterion.number),
        name=block.criterion.name,
        lead=block.lead.name,
        lines=_lines(block.findings),
        rows=tuple(row for row in every if row.measure in wanted),
        why=_why(desk, str(block.criterion.number)),
        count=len(block.rows),
        if_sent=_if_sent(desk, block),
        drafts=sum(row.is_draft and row.is_sendable for row in every),
        may_propose=0 if desk.signs else sum(row.is_draft and row.is_proposable for row in every),
    )


def _if_sent(desk: Desk, block: CriterionBlock) -> Conclusion | None:
    if not desk.editable or Basis.SELF not in block.findings:
        return None
    members = []
    for row in block.rows:
        parts = [desk.rows[part.measure.code].now for part in row.parts]
        members.append(tuple(conclude(parts)))
    sent = conclude(members)  # type: ignore[arg-type]
    return sent if sent.verdict is not block.findings[Basis.SELF].verdict else None


def conditions_of(desk: Desk, shown: Sequence[str] | None = None) -> list[ConditionItem]:
    """The conditions in the order of the law; with a filter only the rows behind it."""
    wanted = set(desk.rows if shown is None else shown)
    items = []
    for condition in desk.sheet.conditions:
        rows = tuple(desk.rows[p.measure.code] for p in condition.parts if p.measure.code in wanted)
        computed = _computed(desk, condition) if shown is None and _is_computed(condition) else None
        if rows or computed:
            items.append(ConditionItem(computed, rows))
    return items


def computed_of(desk: Desk) -> list[Computed]:
    return [_computed(desk, row) for row in desk.sheet.conditions if _is_computed(row)]


def _computed(desk: Desk, row: ConditionRow) -> Computed:
    link = label = ""
    condition = row.condition
    if condition.kind is ConditionKind.SURVEY and desk.unit.is_commune:
        link = reverse("communes:survey", kwargs={"code": desk.unit.slug, "year": desk.year})
        label = "Kết quả khảo sát"
    elif condition.kind is ConditionKind.REQUIRES_SET and condition.family in desk.books:
        kwargs: dict[str, object] = {"family": condition.family, "year": desk.year}
        if desk.unit.is_commune:
            kwargs["code"] = desk.unit.slug
        link = reverse("communes:sheet" if desk.unit.is_commune else "communes:district-sheet", kwargs=kwargs)
        label = f"Phiếu {desk.books.book(condition.family).short_name}"
    shown = row.shown or _ratio_shown(row)
    why = _why(desk, condition.code)
    return Computed(condition.code, condition.text, shown, _lines(row.findings), link, label, why)


def _why(desk: Desk, item: str) -> str:
    """Address of the chain of reasons; the page belongs to the floor above, so only its name is known here."""
    kwargs = {"family": desk.book.family, "item": item}
    if desk.unit.is_commune:
        return reverse("reports:commune-why", kwargs={"code": desk.unit.slug, **kwargs}) + f"?nam={desk.year}"
    return reverse("reports:district-why", kwargs=kwargs) + f"?nam={desk.year}"


def _lines(findings: Mapping[Basis, object]) -> tuple[Line, ...]:
    return tuple(Line(basis, f.verdict, f.provisional) for basis, f in findings.items())  # type: ignore[attr-defined]
