"""Thẩm định: the form in which the office writes down the province's result about one row of a sheet.

It is about the newest revision that the district has verified or approved; what the unit types since does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from communes.actions.moving import Seen
from communes.actions.stating import Entry
from communes.forms import LONGEST_LINE, LONGEST_TEXT, LONGEST_VALUE, Typed, decision_in, number_in, result_entry
from communes.models import Statement
from communes.policies import Item
from communes.queries.entry import is_choice, item_of, newest_result, typed_text
from communes.queries.reviewing import tested_revisions
from communes.rules.workflow import Stage
from communes.views.desk import Desk
from communes.views.fields import choices_of
from communes.views.rows import Row
from criteria.rules.numbers import clean_text
from criteria.rules.rulebook import Measure
from criteria.rules.values import decode_value, show_value
from criteria.rules.vocabulary import ExemptionKind


@dataclass(frozen=True)
class Served:
    """An indicator or condition that the value counts for and that the province may refuse; `key` is "family:code"."""

    key: str
    label: str
    reason: str = ""
    is_refused: bool = False


@dataclass(frozen=True)
class AppraisalForm:
    """The open form of one row, with the district's own result in its field until something else was typed."""

    measure: Measure
    family: str
    tested: Statement
    stated: Statement
    item: Item
    about: str
    value: str
    served: tuple[Served, ...]
    document: str = ""
    remark: str = ""
    problem: str = ""

    @property
    def revision(self) -> int:
        return self.tested.pk

    @property
    def code(self) -> str:
        return self.measure.code

    @property
    def url(self) -> str:
        return reverse("communes:appraise", kwargs={"revision": self.revision})

    @property
    def is_choice(self) -> bool:
        return is_choice(self.measure)

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        return choices_of(self.measure, self.value)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(one.key for one in self.served)


def open_form(desk: Desk, row: Row | None) -> AppraisalForm | None:
    """The form of a row about which the office may record a result now; None where it may not. Two queries."""
    if row is None or row.appraise_refusal != "":
        return None
    measure = row.part.measure
    tested = tested_revisions(desk.unit, desk.year, [measure.code]).get(measure.code)
    stated = newest_result(tested.pk) if tested is not None else None
    if tested is None:
        return None
    # What was loaded as already approved has no verification of its own: it is its own result.
    stated = stated or tested
    item = item_of(desk.unit, row.part.lead, tested, rules=desk.rules)
    return AppraisalForm(
        measure, desk.book.family, tested, stated, item, _about(measure, tested, stated),
        typed_text(measure, stated), _served(desk, measure.code),
    )  # fmt: skip


def _about(measure: Measure, tested: Statement, stated: Statement) -> str:
    """ "số huyện đã duyệt 91 % (bản ngày 15/10/2023)"."""
    value = decode_value(measure.kind, stated.value)
    shown = ExemptionKind(stated.exemption).label if stated.exemption else show_value(measure, value)
    return f"số huyện {Stage(tested.stage).label.partition(',')[0]}: {shown} (bản ngày {tested.on:%d/%m/%Y})"


OTHER_RESULT = "Huyện vừa có kết quả thẩm tra khác cho mục này. Xem lại rồi ghi kết quả thẩm định."


def seen_in(form: AppraisalForm, posted: Mapping[str, str]) -> Seen:
    """The revision and result that were on the screen. Raises BadRequest where the page sent none."""
    result = number_in(posted.get("ket-qua"))
    return Seen(form.revision, result if result != form.revision else None)


def _served(desk: Desk, code: str) -> tuple[Served, ...]:
    return tuple(
        Served(f"{book.family}:{item}", f"{item if item in book.indicators else 'điều kiện'} {book.short_name}")
        for book in desk.books.of_level(desk.level)
        for item, part in book.parts
        if part.measure.code == code
    )


def read_form(form: AppraisalForm, posted: Mapping[str, str]) -> tuple[Entry, Mapping[str, str]]:
    """What the province found, and what it did not recognise ("family:code" -> reason). Raises ValueProblem."""
    decision = decision_in(posted, form.keys)
    document = clean_text(posted.get("van-ban", ""), keep_newlines=False).strip()
    typed = Typed(decision.value, document=document, remark=decision.remark)
    entry = result_entry(form.measure, form.stated, typed, missing="Chưa nhập kết quả thẩm định.")
    return entry, decision.refused


def refill(form: AppraisalForm, posted: Mapping[str, str], problem: str) -> AppraisalForm:
    """The form as it was sent, with the sentence why it was refused."""

    def text(name: str, longest: int) -> str:
        return clean_text(posted.get(name, ""))[:longest]

    served = tuple(
        Served(one.key, one.label, text(f"vi-{one.key}", LONGEST_TEXT), f"khong-{one.key}" in posted)
        for one in form.served
    )
    return AppraisalForm(
        form.measure, form.family, form.tested, form.stated, form.item, form.about, text("gia-tri", LONGEST_VALUE),
        served, text("van-ban", LONGEST_LINE), text("ghi-chu", LONGEST_TEXT), problem,
    )  # fmt: skip
