"""Which papers a measure needs: said by the office for any measure, by a department for those it leads."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.actions.locking import hold_units
from communes.models import RequiredPaper, Unit
from communes.policies import Refused, why_not_ask_for_papers
from criteria.models import Measure
from criteria.rules.numbers import clean_text

LONGEST_NAME = 200


@transaction.atomic
def ask_for_paper(
    *, by: Person, standing: Standing, district: Unit, measure: Measure, lead: str, name: str, on: date,
    is_illustrative: bool = False,
) -> RequiredPaper:  # fmt: skip
    """Ask every unit of a district for a paper with a measure that `lead` leads. Raises Refused."""
    if refusal := why_not_ask_for_papers(standing, district.code, lead):
        raise Refused(refusal)
    name = " ".join(clean_text(name, keep_newlines=False).split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"Ghi tên tài liệu, nhiều nhất {LONGEST_NAME} chữ.")
    # Two at once meet at the lock of the district's row, not at a constraint.
    hold_units([district.code])
    if RequiredPaper.objects.filter(district=district, measure=measure, name=name, removed_on=None).exists():
        raise Refused(f"“{name}” đã có trong danh mục của mục này.")
    row = RequiredPaper.objects.create(
        district=district, measure=measure, name=name, is_illustrative=is_illustrative, by=by, on=on,
        at=timezone.now(),
    )  # fmt: skip
    _remember(by, "paper.ask", f"quy định minh chứng phải có của “{measure.name}”: {name}", row, on)
    return row


@transaction.atomic
def stop_asking(*, by: Person, standing: Standing, paper: RequiredPaper, lead: str, on: date) -> RequiredPaper:
    """No longer ask for it from today on; what was asked earlier stays readable. Raises Refused."""
    row = RequiredPaper.objects.select_for_update(of=("self",)).select_related("district", "measure").get(pk=paper.pk)
    if refusal := why_not_ask_for_papers(standing, row.district.code, lead):
        raise Refused(refusal)
    if row.removed_on is not None:
        raise Refused("Tài liệu này đã được bỏ trước đó.")
    row.removed_on = on
    row.save(update_fields=["removed_on"])
    _remember(by, "paper.unask", f"bỏ minh chứng phải có của “{row.measure.name}”: {row.name}", row, on)
    return row


def _remember(by: Person, act: str, words: str, row: RequiredPaper, on: date) -> None:
    district = row.district
    remember(
        HistoryAct(act, by.pk, f"{district.title}: {PERSON_MARK} {words}", on, timezone.now(),
            {"paper": row.pk, "name": row.name}, district.code, district.code, row.measure.code)
    )  # fmt: skip
