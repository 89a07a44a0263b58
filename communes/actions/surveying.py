"""Satisfaction of the people, as MTTQ's survey found it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.actions.stating import refuse_if_locked
from communes.models import SurveyResult, Unit
from communes.policies import Refused, why_not_survey
from criteria.models import SurveyContent
from criteria.rules.facts import SurveyRow


@transaction.atomic
def save_survey(
    *, by: Person, standing: Standing, unit: Unit, year: int, rows: Sequence[SurveyRow], on: date
) -> list[SurveyResult]:
    """Enter survey rows of a commune. Earlier rows stay; the newest of each content counts. Raises Refused."""
    if refusal := why_not_survey(standing, unit.district_code):
        raise Refused(refusal)
    for row in rows:
        if not 0 <= row.satisfied <= row.returned <= row.sent:
            raise Refused("Số phiếu hài lòng không vượt số thu về, số thu về không vượt số phát ra.")
    contents = {content.code: content for content in SurveyContent.objects.all()}
    now = timezone.now()
    saved = SurveyResult.objects.bulk_create(
        SurveyResult(
            unit=unit, year=year, content=contents[row.content], sent=row.sent, returned=row.returned,
            satisfied=row.satisfied, by=by, on=on, at=now,
        )
        for row in rows
    )  # fmt: skip
    remember(
        HistoryAct("survey.save", by.pk,
            f"{unit.title}: {PERSON_MARK} nhập kết quả khảo sát hài lòng năm {year} ({len(rows)} nội dung)", on, now,
            {"rows": [list(row) for row in rows], "year": year}, unit.district_code, unit.code)
    )  # fmt: skip
    refuse_if_locked(unit.district_code, year)
    return saved
