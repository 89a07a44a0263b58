"""The office checks a threshold against its document, or enters its own over the library's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act
from criteria.models import LocalThreshold, SupplementSwitch
from criteria.policies import Refused, why_not_set_threshold, why_not_this_threshold
from criteria.rules.numbers import clean_text
from criteria.rules.rulebook import Part, Rulebook, Threshold, Value
from criteria.rules.thresholds import Place, library_row
from criteria.rules.values import encode_value, show_bound


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an entry counts: in a unit (a district or one of its communes), narrowed by region, group, year.

    The unit comes as its place, so that it brings the district whose office may speak for it.
    """

    place: Place
    region: str = ""
    group: str = ""
    year: int | None = None

    @property
    def unit(self) -> str:
        return self.place.units[0]

    @property
    def district(self) -> str:
        return self.place.units[-1]


@transaction.atomic
def enter_threshold(
    *,
    by: Person,
    standing: Standing,
    book: Rulebook,
    item: str,
    part: Part,
    scope: Scope,
    value: Value,
    document: str,
    on: date,
    reason: str = "",
    is_illustrative: bool = False,
) -> LocalThreshold:
    """Enter the office's own number for a scope. Raises Refused with the sentence of the policy."""
    known = _library_row(part, scope)
    refusal = why_not_set_threshold(standing, scope.district) or why_not_this_threshold(part, known, value)
    if refusal:
        raise Refused(refusal)
    said = f"{PERSON_MARK} nhập ngưỡng {book.short_name} {item} là {show_bound(part.measure, part.op, value)}"
    return _write(by, book, item, part, scope, value, document, on, reason, said, False, is_illustrative)


@transaction.atomic
def check_threshold(
    *,
    by: Person,
    standing: Standing,
    book: Rulebook,
    item: str,
    part: Part,
    scope: Scope,
    document: str,
    on: date,
    reason: str = "",
    is_illustrative: bool = False,
) -> LocalThreshold:
    """Confirm that the library's number is the document's. The check lapses when that number changes.

    Raises Refused, also where the library has no number to confirm.
    """
    known = _library_row(part, scope)
    refusal = why_not_set_threshold(standing, scope.district)
    if refusal is None and (known is None or known.value is None):
        refusal = "Thư viện chưa có ngưỡng này; hãy nhập ngưỡng theo văn bản."
    if refusal or known is None or known.value is None:
        raise Refused(refusal)
    said = f"{PERSON_MARK} đối chiếu ngưỡng {book.short_name} {item}: {show_bound(part.measure, part.op, known.value)}"
    return _write(by, book, item, part, scope, known.value, document, on, reason, said, True, is_illustrative)


def _library_row(part: Part, scope: Scope) -> Threshold | None:
    place = Place(scope.place.units, scope.region or scope.place.region, scope.group or scope.place.group)
    return library_row(part.thresholds, place, scope.year)


def _write(
    by: Person, book: Rulebook, item: str, part: Part, scope: Scope, value: Value, document: str, on: date,
    reason: str, said: str, is_check: bool, is_illustrative: bool,
) -> LocalThreshold:  # fmt: skip
    now = timezone.now()
    document = clean_text(document, keep_newlines=False).strip()
    if not document:
        raise Refused("Phải ghi văn bản làm căn cứ (số, ngày, cơ quan ban hành).")
    row = LocalThreshold.objects.create(
        family=book.family, item=item, part=part.code, unit=scope.unit, region=scope.region, group=scope.group,
        year=scope.year, value=encode_value(value), is_check=is_check, is_illustrative=is_illustrative,
        document=document, reason=clean_text(reason).strip(), by=by, on=on, at=now,
    )  # fmt: skip
    change = {"family": book.family, "item": item, "part": part.code, "value": row.value, "document": document,
              "region": scope.region, "year": scope.year}  # fmt: skip
    remember(
        Act("threshold.check" if is_check else "threshold.enter", by.pk, f"{said} (theo {document})", on, now, change,
            scope.district, scope.unit, part.measure.code)
    )  # fmt: skip
    return row


@transaction.atomic
def switch_supplement(
    *, by: Person, standing: Standing, district: str, unit: str, supplement: str, year: int, is_on: bool,
    document: str, on: date,
) -> SupplementSwitch:  # fmt: skip
    """Let a province's supplement (Hà Tĩnh's criterion 20) count for a unit in a year, or no longer. Raises Refused."""
    refusal = why_not_set_threshold(standing, district)
    document = clean_text(document, keep_newlines=False).strip()
    if refusal or not document:
        raise Refused(refusal or "Phải ghi văn bản làm căn cứ (số, ngày, cơ quan ban hành).")
    now = timezone.now()
    row = SupplementSwitch.objects.create(
        supplement=supplement, unit=unit, year=year, is_on=is_on, document=document, by=by, on=on, at=now
    )
    verb = "áp dụng" if is_on else "thôi áp dụng"
    said = f"{PERSON_MARK} {verb} phần bổ sung {supplement} năm {year} (theo {document})"
    remember(Act("supplement.switch", by.pk, said, on, now, {"on": is_on, "year": year}, district, unit))
    return row
