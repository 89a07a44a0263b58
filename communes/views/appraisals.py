"""Thẩm định: the form in which the office writes down the province's result about one row of a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from communes.actions.stating import Entry
from communes.forms import LONGEST_LINE, LONGEST_TEXT, LONGEST_VALUE, Typed, decision_in, result_entry
from communes.models import Statement
from communes.queries.entry import is_choice, newest_result, typed_text
from communes.views.desk import Desk
from communes.views.rows import Row, choices_of
from criteria.rules.numbers import clean_text
from criteria.rules.rulebook import Measure


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
    revision: int
    stated: Statement
    value: str
    served: tuple[Served, ...]
    document: str = ""
    remark: str = ""
    problem: str = ""

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
    """The form of a row about which the office may record a result now; None where it may not. One query."""
    if row is None or row.appraise_refusal != "" or row.cell.revision is None:
        return None
    stated = newest_result(row.cell.revision)
    if stated is None:
        return None
    measure = row.part.measure
    return AppraisalForm(
        measure, desk.book.family, row.cell.revision, stated, typed_text(measure, stated), _served(desk, measure.code)
    )


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
        form.measure, form.family, form.revision, form.stated, text("gia-tri", LONGEST_VALUE), served,
        text("van-ban", LONGEST_LINE), text("ghi-chu", LONGEST_TEXT), problem,
    )  # fmt: skip
