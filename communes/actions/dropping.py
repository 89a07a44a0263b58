"""Going back from a draft: it is laid aside, and the revision below it (approved, verified, sent, returned) is the
current one again.

Called by the sheet's button and by `filling.save_many`, where somebody types again what stands: who touched a figure
by mistake must not owe a new round of review for it. Nothing stated is deleted: the draft stays as a replaced revision.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.actions.stating import Entry, Stale, refuse_if_locked, said, says
from communes.models import Assessment, Statement, Unit
from communes.policies import Item, Refused, why_not_drop_draft
from communes.rules.workflow import STANDING_BELOW, Stage, StatementKind
from criteria.models import Measure


def below_drafts(unit: Unit, year: int, measures: Iterable[Measure]) -> dict[int, Statement]:
    """The newest revision that a draft lies over, by measure id; only for assessments whose current one is a draft.
    Two queries, one where there is no draft."""
    drafts = Assessment.objects.filter(
        unit=unit, year=year, measure__in=list(measures), current__stage=Stage.DRAFT.value
    ).values_list("pk", flat=True)  # fmt: skip
    newest = (
        Statement.objects.filter(
            assessment__in=list(drafts), kind=StatementKind.REVISION.value,
            stage__in=[stage.value for stage in STANDING_BELOW],
        )
        .values("assessment")
        .annotate(newest=Max("pk"))
        .values("newest")
    )  # fmt: skip
    rows = Statement.objects.filter(pk__in=newest).select_related("assessment")
    return {row.assessment.measure_id: row for row in rows}


def is_said_by(entry: Entry, below: Statement) -> bool:
    """Whether typing this over a draft says what stands below it: the same figure; its remark, or none any more."""
    fields = entry.fields()
    remark = fields.pop("remark")
    return remark in ("", below.remark) and says(below, fields)


@transaction.atomic
def drop_draft(
    *, by: Person, standing: Standing, item: Item, unit: Unit, measure: Measure, year: int, seen_version: int, on: date
) -> Statement:
    """Lay the draft aside; returns the revision that is current again. Raises Refused, or Stale where somebody saved
    since the person looked."""
    seen = Assessment.objects.filter(unit=unit, measure=measure, year=year, version=seen_version)
    if not seen.update(version=F("version") + 1):
        raise _stale(unit, measure, year)
    below = below_drafts(unit, year, [measure]).get(measure.pk)
    if refusal := why_not_drop_draft(standing, item, has_below=below is not None):
        raise Refused(refusal)
    assert below is not None
    assessment = Assessment.objects.select_related("current").get(unit=unit, measure=measure, year=year)
    draft = assessment.current
    assert draft is not None
    Statement.objects.filter(pk=draft.pk).update(stage=Stage.REPLACED.value)
    Assessment.objects.filter(pk=assessment.pk).update(current=below)
    was, now_is = said(measure, draft), said(measure, below)
    sentence = (
        f"{unit.title}: {PERSON_MARK} bỏ bản nháp “{measure.name}”: {was}; "
        f"trở lại {now_is} ({Stage(below.stage).label})"
    )
    about = {"before": draft.value, "after": below.value, "year": year}
    remember(
        HistoryAct("assessment.save", by.pk, sentence, on, timezone.now(), about, item.district, unit.code,
            measure.code)
    )  # fmt: skip
    refuse_if_locked(item.district, year)
    return below


def _stale(unit: Unit, measure: Measure, year: int) -> Stale:
    row = Assessment.objects.select_related("current__by").filter(unit=unit, measure=measure, year=year).first()
    return Stale(row.current if row else None, row.version if row else 0)
