"""Making a district ready to work: its units, seats, default assignments, targets, recognitions.

Called where an installation is begun (the demo, later the screens of administration, which ask their own policy
first): here nobody holds a seat yet, so `by` is the person who sets up. Each act is remembered once, as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Department, Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Role
from accounts.rules import Act as HistoryAct
from communes.models import Assignment, CountTarget, Posting, Recognition, Target, Unit
from criteria.models import Measure
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Level, Tier


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit as the statistics office lists it. `region` "" is inherited from the district."""

    code: str
    name: str
    slug: str
    kind: str
    level: Level
    region: str = ""
    population: int | None = None
    area_ha: Decimal | None = None
    lon: float | None = None
    lat: float | None = None
    valid_from: date | None = None


@transaction.atomic
def make_units(*, by: Person, parent: Unit | None, units: Sequence[NewUnit], on: date) -> list[Unit]:
    """Enter units below `parent`, in the order of the list."""
    rows = Unit.objects.bulk_create(
        Unit(
            code=new.code, name=new.name, slug=new.slug, kind=new.kind, level=new.level.value, parent=parent,
            region=new.region, population=new.population, area_ha=new.area_ha, lon=new.lon, lat=new.lat,
            valid_from=new.valid_from, position=position,
        )
        for position, new in enumerate(units)
    )  # fmt: skip
    names = ", ".join(unit.full_name for unit in rows)
    changes = {"codes": [unit.code for unit in rows]}
    district = _district_code(parent or rows[0])
    _remember("unit.make", by, f"{PERSON_MARK} lập danh mục đơn vị: {names}", on, changes, district)
    return rows


def _district_code(unit: Unit) -> str:
    return unit.code if unit.level == Level.PROVINCE.value else unit.district_code


@dataclass(frozen=True, slots=True)
class NewPosting:
    """A seat given to a person: `unit` the commune of a commune's officer, the district of the others."""

    person: Person
    role: Role
    unit: Unit
    department: Department | None = None
    title: str = ""
    signs_off: bool = False


@transaction.atomic
def post_people(*, by: Person, district: Unit, postings: Sequence[NewPosting], on: date) -> list[Posting]:
    """Give people their seats from a day on."""
    rows = Posting.objects.bulk_create(
        Posting(
            person=new.person, role=new.role.value, unit=new.unit, department=new.department, title=new.title,
            from_on=on, signs_off=new.signs_off,
        )
        for new in postings
    )  # fmt: skip
    changes = {"seats": [[row.person_id, row.role, row.unit.code] for row in rows]}
    said = f"{PERSON_MARK} giao nhiệm vụ cho {len(rows)} người"
    _remember("posting.make", by, said, on, changes, district.code)
    return rows


@transaction.atomic
def assign_by_library(
    *, by: Person, district: Unit, books: Iterable[Rulebook], office: str, on: date
) -> list[Assignment]:
    """Give every measure of these sets its lead and coordinating departments as the library proposes.

    A measure of several sets follows the first that names a lead; what names none goes to the `office`. Departments
    that the district does not have are left out.
    """
    departments = {row.code: row for row in Department.objects.filter(district_code=district.code)}
    leads = default_leads(books)
    measures = Measure.objects.in_bulk(list(leads), field_name="code")
    rows, others = [], []
    for code, (lead, with_codes) in leads.items():
        department = departments.get(lead) or departments[office]
        rows.append(Assignment(district=district, measure=measures[code], lead=department, from_on=on))
        others.append([departments[c] for c in with_codes if c in departments and c != department.code])
    Assignment.objects.bulk_create(rows)
    through = Assignment.others.through
    through._default_manager.bulk_create(
        through(assignment_id=row.pk, department_id=other.pk)
        for row, with_departments in zip(rows, others, strict=True)
        for other in with_departments
    )
    said = f"{PERSON_MARK} phân công cơ quan chủ trì cho {len(rows)} số đo theo thư viện bộ tiêu chí"
    _remember("assignment.default", by, said, on, {"leads": {c: lead for c, (lead, _) in leads.items()}}, district.code)
    return rows


def default_leads(books: Iterable[Rulebook]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Lead and coordinating departments by measure code: of the indicator, otherwise of its criterion."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for book in books:
        for indicator in book.indicators.values():
            criterion = book.criterion_of[indicator.code]
            named = (indicator.lead or criterion.lead, tuple(indicator.others or criterion.others))
            for part in indicator.parts:
                _name(found, part.measure.code, named)
        for condition in book.conditions:
            for part in ((condition.part,) if condition.part else ()) + condition.options:
                _name(found, part.measure.code, (condition.lead, tuple(condition.others)))
    return found


def _name(found: dict[str, tuple[str, tuple[str, ...]]], measure: str, named: tuple[str, tuple[str, ...]]) -> None:
    if not found.get(measure, ("",))[0]:
        found[measure] = named


@dataclass(frozen=True, slots=True)
class NewTarget:
    unit: Unit
    year: int
    tier: Tier
    fields: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class NewCount:
    year: int
    tier: Tier
    low: int
    high: int


@transaction.atomic
def set_targets(
    *, by: Person, district: Unit, targets: Sequence[NewTarget], counts: Sequence[NewCount], document: str, on: date
) -> None:
    """The district's plan: which unit shall reach which tier in which year, and how many communes of each tier."""
    Target.objects.bulk_create(
        Target(unit=t.unit, year=t.year, tier=t.tier.value, fields=list(t.fields), document=t.document or document)
        for t in targets
    )
    CountTarget.objects.bulk_create(
        CountTarget(unit=district, year=c.year, tier=c.tier.value, low=c.low, high=c.high, document=document)
        for c in counts
    )
    changes = {
        "targets": [[t.unit.code, t.year, t.tier.value, list(t.fields)] for t in targets],
        "counts": [[c.year, c.tier.value, c.low, c.high] for c in counts],
    }
    said = f"{PERSON_MARK} giao mục tiêu cho {len(targets)} lượt đơn vị (theo {document})"
    _remember("target.set", by, said, on, changes, district.code)


@dataclass(frozen=True, slots=True)
class NewRecognition:
    unit: Unit
    family: str
    tier: Tier
    year: int
    decision: str
    decided_on: date
    fields: tuple[str, ...] = ()
    signer: str = ""
    is_illustrative: bool = False
    note: str = ""


@transaction.atomic
def record_recognitions(
    *, by: Person, district: Unit, recognitions: Sequence[NewRecognition], on: date
) -> list[Recognition]:
    """Write down decisions that recognise units; each decision is remembered once."""
    rows = Recognition.objects.bulk_create(
        Recognition(
            unit=new.unit, family=new.family, tier=new.tier.value, year=new.year, fields=list(new.fields),
            decision=new.decision, decided_on=new.decided_on, signer=new.signer,
            is_illustrative=new.is_illustrative, note=new.note,
        )
        for new in recognitions
    )  # fmt: skip
    by_decision: dict[tuple[str, str, str], list[Recognition]] = {}
    for row in rows:
        by_decision.setdefault((row.decision, row.family, row.tier), []).append(row)
    for (decision, family, tier), group in by_decision.items():
        names = ", ".join(row.unit.name for row in group)
        said = f"{PERSON_MARK} ghi quyết định {decision} công nhận {Tier(tier).label}: {names}"
        _remember("recognition.record", by, said, on, {"family": family, "units": _codes(group)}, district.code)
    return rows


def _codes(rows: Iterable[Recognition]) -> list[str]:
    return [row.unit.code for row in rows]


def _remember(act: str, by: Person, said: str, on: date, changes: Mapping[str, object], district: str) -> None:
    remember(HistoryAct(act, by.pk, said, on, timezone.now(), dict(changes), district))
