"""What people say about a figure, who is concerned by it, and what an inspection found to be mended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from accounts.roles import Right, Role, Standing
from communes.models import Act, Assessment, Assignment, Comment, Finding, Posting, Unit
from communes.policies import FindingItem, why_not_close_finding, why_not_finish_finding, why_not_reopen_finding
from communes.queries.desks import desk_name, desks_of
from communes.queries.people import OFFICE_CODE
from communes.rules.superseding import SENT


@dataclass(frozen=True)
class CommentRow:
    """One remark with its answers, oldest first; `resolved_by` is "" while it is open. Answers have none."""

    pk: int
    assessment: int
    text: str
    by: str
    by_id: int
    desk: str
    at: datetime
    mentions: tuple[str, ...]
    resolved_by: str
    resolved_at: datetime | None
    replies: tuple[CommentRow, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


def comments_of(
    assessments: Iterable[int], *, inside: bool = False, day: date | None = None
) -> dict[int, list[CommentRow]]:
    """Remarks by assessment, oldest first. What was said before the figure was ever sent is read only `inside` the
    unit. Four queries."""
    wanted = list(assessments)
    rows = list(
        Comment.objects.filter(assessment_id__in=wanted)
        .select_related("by", "resolved_by")
        .prefetch_related("mentions")
        .order_by("pk")
    )
    if not inside:
        sent = first_sent(wanted)
        rows = [row for row in rows if row.assessment_id in sent and row.at >= sent[row.assessment_id]]
    desks = desks_of({row.by_id for row in rows}, day or max((row.on for row in rows), default=date.max))
    replies: dict[int, list[CommentRow]] = {}
    for row in rows:
        if row.answers_id:
            replies.setdefault(row.answers_id, []).append(_comment(row, desks))
    found: dict[int, list[CommentRow]] = {}
    for row in rows:
        if not row.answers_id:
            whole = replace(_comment(row, desks), replies=tuple(replies.get(row.pk, ())))
            found.setdefault(row.assessment_id, []).append(whole)
    return found


def _comment(row: Comment, desks: Mapping[int, str]) -> CommentRow:
    return CommentRow(
        row.pk, row.assessment_id, row.text, row.by.full_name, row.by_id, desks.get(row.by_id, ""), row.at,
        tuple(person.full_name for person in row.mentions.all()),
        row.resolved_by.full_name if row.resolved_by else "", row.resolved_at,
    )  # fmt: skip


def open_comments(unit: Unit, year: int, *, inside: Collection[str], measure: str = "") -> dict[str, int]:
    """How many remarks wait for an answer, by measure code. As in `comments_of`, what was said before a figure was
    ever sent counts only for measures `inside` which the reader is. One query."""
    rows = Comment.objects.filter(assessment__unit=unit, assessment__year=year, answers=None, resolved_at=None)
    if measure:
        rows = rows.filter(assessment__measure__code=measure)
    sent_before = Act.objects.filter(
        assessment=OuterRef("assessment"), kind__in=[kind.value for kind in SENT], at__lte=OuterRef("at")
    )
    readable = rows.filter(Q(assessment__measure__code__in=list(inside)) | Q(Exists(sent_before)))
    counted = readable.order_by().values("assessment__measure__code").annotate(n=Count("pk"))
    return dict(counted.values_list("assessment__measure__code", "n"))


def first_sent(assessments: Iterable[int]) -> dict[int, datetime]:
    """When a figure was first sent out of its unit, of those that ever were. One query."""
    acts = Act.objects.filter(assessment_id__in=list(assessments), kind__in=[kind.value for kind in SENT])
    return dict(acts.values("assessment_id").annotate(first=Min("at")).values_list("assessment_id", "first"))


@dataclass(frozen=True)
class Concerned:
    """Somebody whom a remark about a figure may call, with the desk they hold."""

    pk: int
    name: str
    desk: str


@dataclass(frozen=True)
class Circle:
    """The departments and people concerned by one figure."""

    lead: str
    others: frozenset[str]
    people: tuple[Concerned, ...]


def circle_of(assessment: Assessment, day: date, *, was_sent: bool = True) -> Circle:
    """Officers of the unit, of the lead and coordinating departments, and of the office; before the figure was ever
    sent only those who write it. Three queries."""
    unit = assessment.unit
    district = unit.parent if unit.is_commune and unit.parent else unit
    rows = Assignment.objects.filter(district=district, measure=assessment.measure_id).in_force(day)
    assignment = rows.select_related("lead").prefetch_related("others").first()
    lead = assignment.lead.code if assignment else OFFICE_CODE
    others = frozenset(department.code for department in assignment.others.all()) if assignment else frozenset()
    asked = Q(unit=district, role=Role.COORDINATOR.value)
    asked |= Q(unit=district, role=Role.DEPARTMENT.value, department__code__in={lead, *others})
    its_own = Q(unit=unit, role=Role.COMMUNE.value)
    if not unit.is_commune:
        its_own = Q(unit=district, role=Role.DEPARTMENT.value, department__code=lead)
        its_own |= Q(unit=district, role=Role.COORDINATOR.value) if lead == OFFICE_CODE else Q(pk=None)
    asked = asked | its_own if was_sent else its_own
    seats = Posting.objects.held_on(day).filter(asked, person__is_active=True)
    people: dict[int, Concerned] = {}
    for seat in seats.select_related("person", "unit", "department").order_by("unit__level", "person__full_name"):
        people.setdefault(seat.person_id, Concerned(seat.person_id, seat.person.full_name, desk_name(seat)))
    return Circle(lead, others, tuple(people.values()))


# ---------- findings ----------


@dataclass(frozen=True)
class FindingRow:
    """ "Nội dung cần khắc phục" as a list, a card and a workbook show it; each `why_not_` is "" where one may."""

    pk: int
    unit: Unit
    year: int
    measure: str
    measure_name: str
    text: str
    found_by: str
    document: str
    owner: str
    department: str
    due_on: date
    by: str
    on: date
    done_note: str
    done_on: date | None
    done_by: str
    closed_on: date | None
    closed_by: str
    days_left: int
    is_mine: bool = False
    why_not_finish: str = ""
    why_not_close: str = ""
    why_not_reopen: str = ""

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    @property
    def is_done(self) -> bool:
        return self.done_on is not None and not self.is_closed

    @property
    def is_late(self) -> bool:
        """Late until somebody says it is done; what waits for its closing is not the owner's delay."""
        return self.days_left < 0 and self.done_on is None and not self.is_closed

    @property
    def state(self) -> str:
        if self.closed_on is not None:
            return f"đã đóng {self.closed_on:%d/%m/%Y}"
        if self.done_on is not None:
            return "đã khắc phục, chờ đóng"
        if self.days_left < 0:
            return f"trễ {-self.days_left} ngày"
        return f"còn {self.days_left} ngày" if self.days_left else "hạn hôm nay"

    @property
    def answers_for_it(self) -> str:
        """Who mends it, in words."""
        return ", ".join(name for name in (self.owner, self.department) if name) or self.unit.full_name


def _findings(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    return rows.select_related(
        "unit__parent", "measure", "owner", "department", "by", "done_by", "closed_by"
    ).order_by("closed_on", "due_on", "pk")  # fmt: skip


def findings_for(standing: Standing, today: date) -> list[FindingRow]:
    """What this person may read: of the own communes, and of districts whose working papers they see; open ones
    first, in the order they are due. One query."""
    districts = standing.districts_where(Right.SEE_ALL_BASES)
    seen = Q(unit__code__in=standing.communes) | Q(unit__code__in=districts) | Q(unit__parent__code__in=districts)
    rows = [finding_row(row, standing, today) for row in _findings(Finding.objects.filter(seen, on__lte=today))]
    return sorted(rows, key=lambda row: (row.is_closed, row.due_on, row.pk))


def findings_of(unit: Unit, year: int, today: date | None = None) -> dict[str, list[FindingRow]]:
    """Open findings of a unit by measure code ("" for those about the unit as a whole). One query."""
    rows = _findings(Finding.objects.filter(unit=unit, year=year, closed_on=None))
    found: dict[str, list[FindingRow]] = {}
    for row in rows:
        shown = finding_row(row, Standing(), today or row.on)
        found.setdefault(shown.measure, []).append(shown)
    return found


def finding_item(row: Finding) -> FindingItem:
    """What policies need to know of a finding."""
    return FindingItem(
        district=row.unit.district_code,
        unit=row.unit.code,
        recorded_by=row.by_id,
        owner=row.owner_id,
        department=row.department.code if row.department else "",
        is_done=row.done_on is not None,
        is_closed=row.closed_on is not None,
    )


def finding_row(row: Finding, standing: Standing, today: date) -> FindingRow:
    item = finding_item(row)
    return FindingRow(
        pk=row.pk, unit=row.unit, year=row.year, measure=row.measure.code if row.measure else "",
        measure_name=row.measure.name if row.measure else "", text=row.text, found_by=row.found_by,
        document=row.document, owner=row.owner.full_name if row.owner else "",
        department=row.department.name if row.department else "", due_on=row.due_on, by=row.by.full_name, on=row.on,
        done_note=row.done_note, done_on=row.done_on, done_by=row.done_by.full_name if row.done_by else "",
        closed_on=row.closed_on, closed_by=row.closed_by.full_name if row.closed_by else "",
        days_left=(row.due_on - today).days,
        is_mine=item.is_of(standing),
        why_not_finish=why_not_finish_finding(standing, item) or "",
        why_not_close=why_not_close_finding(standing, item) or "",
        why_not_reopen=why_not_reopen_finding(standing, item) or "",
    )  # fmt: skip
