"""What waits at a desk of the district: to verify, to approve, rounds to close, findings, remarks, imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Q
from django.urls import reverse

from accounts.roles import Right, Role, Standing
from communes.models import Assessment, ImportBatch, Statement, Unit
from communes.queries.calls import calls_for
from communes.queries.discussion import findings_for
from communes.queries.people import OFFICE_CODE, Leads
from communes.queries.rounds import RoundDue, rounds_for
from communes.rules.importing import ImportStage
from communes.rules.workflow import ActKind, Stage, StatementKind
from criteria.rules.vocabulary import Level
from reports.queries.duties import Duty, Share, Sort


@dataclass(frozen=True, slots=True)
class _Waiting:
    unit: str
    slug: str
    year: int
    since: date | None


def reviewing_duties(standing: Standing, leads: Mapping[str, Leads], today: date) -> list[Duty]:
    """What this person may verify and approve, a line for each year, with a link for each unit. Three queries."""
    mine = Verifier(standing, leads)
    rows = _waiting(standing)
    verified_by_me = set(
        Statement.objects.filter(
            kind=StatementKind.VERIFICATION.value, by=standing.person_id, of__stage=Stage.VERIFIED.value
        ).values_list("of_id", flat=True)
    )
    found: dict[tuple[Sort, int], list[_Waiting]] = {}
    for row in rows:
        if row["by_id"] == standing.person_id or row["pk"] in verified_by_me:
            continue
        sort = mine.sort_of(row)
        if sort is not None:
            waiting = _Waiting(
                _short_name(row), str(row["assessment__unit__slug"]), row["assessment__year"], row["since"],
            )  # fmt: skip
            found.setdefault((sort, waiting.year), []).append(waiting)
    return [_review(sort, year, items, today) for (sort, year), items in sorted(found.items(), key=_order)]


def _short_name(row: Mapping[str, object]) -> str:
    """ "Kỳ Phú" of a commune, "huyện Kỳ Anh" of the district: at a desk of communes theirs need no "xã"."""
    if row["assessment__unit__level"] == Level.COMMUNE.value:
        return str(row["assessment__unit__name"])
    return f"{row['assessment__unit__kind']} {row['assessment__unit__name']}"


def _order(entry: tuple[tuple[Sort, int], list[_Waiting]]) -> tuple[int, int]:
    (sort, year), _ = entry
    return list(Sort).index(sort), -year


def _waiting(standing: Standing) -> Iterable[dict[str, Any]]:
    """Revisions waiting in the districts of one's seats, as plain columns. One query."""
    districts = standing.districts
    rows = Statement.objects.filter(
        Q(assessment__unit__parent__code__in=districts) | Q(assessment__unit__code__in=districts),
        kind=StatementKind.REVISION.value, stage__in=[Stage.SUBMITTED.value, Stage.VERIFIED.value],
    )  # fmt: skip
    moved = Q(acts__kind__in=[ActKind.SUBMIT.value, ActKind.VERIFY.value, ActKind.RETURN_TO_LEAD.value])
    return rows.annotate(since=Max("acts__on", filter=moved)).order_by("assessment__unit__position", "pk").values(
        "pk", "stage", "by_id", "since", "assessment__year", "assessment__measure__code", "assessment__unit__name",
        "assessment__unit__kind", "assessment__unit__slug", "assessment__unit__level", "assessment__unit__code",
        "assessment__unit__parent__code",
    )  # fmt: skip


class Verifier:
    """Which desk a waiting revision belongs to, and whether this person sits there (as `communes.policies`)."""

    def __init__(self, standing: Standing, leads: Mapping[str, Leads]) -> None:
        self._standing, self._leads = standing, leads

    def sort_of(self, row: Mapping[str, object]) -> Sort | None:
        of_commune = row["assessment__unit__level"] == Level.COMMUNE.value
        district = str(row["assessment__unit__parent__code" if of_commune else "assessment__unit__code"])
        if row["stage"] == Stage.VERIFIED.value:
            right = Right.APPROVE if of_commune else Right.APPROVE_DISTRICT
            return Sort.APPROVE if self._standing.can_in(right, district) else None
        if not of_commune:
            return Sort.VERIFY if self._standing.can_in(Right.VERIFY_DISTRICT, district) else None
        return Sort.VERIFY if self._verifies(district, str(row["assessment__measure__code"])) else None

    def _verifies(self, district: str, measure: str) -> bool:
        lead = self._leads[district].of(measure).code if district in self._leads else OFFICE_CODE
        if lead in self._standing.departments_in(district):
            return self._standing.can_in(Right.VERIFY, district)
        of_office = any(s.role is Role.COORDINATOR and s.district == district for s in self._standing.seats)
        return lead == OFFICE_CODE and of_office


_DESKS = {
    Sort.VERIFY: ("communes:verification-queue", "Thẩm tra"),
    Sort.APPROVE: ("communes:approval-queue", "Duyệt"),
}


def _review(sort: Sort, year: int, items: Sequence[_Waiting], today: date) -> Duty:
    name, verb = _DESKS[sort]
    url = f"{reverse(name)}?nam={year}"
    by_unit: dict[tuple[str, str], list[_Waiting]] = {}
    for item in items:
        by_unit.setdefault((item.unit, item.slug), []).append(item)
    shares = tuple(
        Share(unit, len(rows), f"{url}&xa={slug}", _days(rows, today)) for (unit, slug), rows in by_unit.items()
    )
    since = min((item.since for item in items if item.since is not None), default=None)
    where = next(iter(by_unit))[0] if len(by_unit) == 1 else f"{len(by_unit)} đơn vị"
    title = f"{verb} {len(items)} mục của {where}, năm {year}"
    detail = f"Mục chờ lâu nhất gửi ngày {since:%d/%m/%Y}" if since else ""
    return Duty(sort, title, url, verb, detail, since=since, count=len(items), shares=shares)


def _days(rows: Sequence[_Waiting], today: date) -> int:
    return max(((today - row.since).days for row in rows if row.since is not None), default=0)


def closing_duties(standing: Standing, districts: Iterable[Unit], today: date) -> list[Duty]:
    """Rounds past their day and still open, for the office. Three queries for each district it runs rounds in."""
    duties: list[Duty] = []
    for district in districts:
        if standing.can_in(Right.RUN_ROUNDS, district.code):
            late = [row for row in rounds_for(district, today) if not row.is_closed and row.days_late]
            duties += [_close(row) for row in late]
    return duties


def _close(row: RoundDue) -> Duty:
    url = reverse("communes:round", args=[row.pk])
    title = f"Chốt kỳ {row.title[:1].lower()}{row.title[1:]}"
    return Duty(Sort.CLOSE_ROUND, title, url, "Xem kỳ", "Đã qua hạn gửi, chưa chốt.", row.due_on)


def finding_duties(standing: Standing, today: date) -> list[Duty]:
    """Findings to mend, and those mended that this person may close. One query."""
    duties = []
    url = reverse("communes:findings")
    for row in findings_for(standing, today):
        where = f"{row.unit.title}{f', {row.measure_name}' if row.measure_name else ''}"
        if row.is_mine and not row.is_done and not row.is_closed:
            duties.append(Duty(Sort.MEND, row.text[:160], url, "Khắc phục", where, row.due_on, row.on))
        elif row.is_done and not row.why_not_close:
            done = f"{where}: {row.done_note}"[:200]
            duties.append(
                Duty(Sort.CLOSE_FINDING, row.text[:160], url, "Xem", done, since=row.done_on, can_wait=True)
            )
    return duties


def comment_duties(standing: Standing, today: date) -> list[Duty]:
    """Remarks and answers that call this person by name and wait for a word of theirs. Five queries."""
    return [
        Duty(
            Sort.ANSWER, f"{call.by} nhắc anh/chị về “{call.assessment.measure.name}”",
            _discussion(call.assessment), "Trả lời",
            f"{call.assessment.unit.title}, năm {call.assessment.year}: “{call.text[:160]}”", since=call.on,
            is_own=True,
        )
        for call in calls_for(standing, today)
    ]  # fmt: skip


def _discussion(assessment: Assessment) -> str:
    unit, where = assessment.unit, [assessment.year, assessment.measure.code]
    if unit.is_commune:
        return reverse("communes:discussion", args=[unit.slug, *where])
    return reverse("communes:district-discussion", args=where)


def import_duties(standing: Standing) -> list[Duty]:
    """Files this person brought in, checked and not written yet. One query."""
    rows = ImportBatch.objects.filter(by=standing.person_id, stage=ImportStage.CHECKED.value)
    return [
        Duty(
            Sort.APPLY, f"Tệp “{row.name}” đã đọc, chưa ghi", reverse("communes:import-home"), "Xem và ghi",
            since=row.on, can_wait=True, is_own=True,
        )
        for row in rows
    ]  # fmt: skip
