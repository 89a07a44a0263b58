"""Plain makers of rows for tests, keyword-only, and the fixed cast whose names a reader soon knows.

    cast = make_cast()          # Kỳ Anh with two communes, its departments and assignments, the real library, people
    client = signed_in(cast.lan)
    revision = stated(cast, "xa.17.1.a", "96,4", by=cast.lan)                 # typed and sent
    revision = stated(cast, ..., until=Stage.APPROVED)                        # and verified, and approved

Lan keeps the figures of Kỳ Phú; Minh those of Kỳ Châu next door and exists to be refused; Hoa verifies for BHXH;
Tuấn and Mai sit in the office; Hùng leads; Dũng follows with a team; Quân administers. Hoa's neighbour in another
district is Bình, whom nothing here concerns. Everybody's seat counts from START.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.actions import set_up_installation
from accounts.models import Department, Person
from accounts.roles import Role, Standing
from communes.actions.moving import Seen, move
from communes.actions.setting_up import assign_by_library
from communes.actions.stating import Entry, save_value
from communes.models import Assessment, Assignment, Posting, Statement, Unit
from communes.queries.entry import item_of
from communes.queries.people import leads_of, standing_of
from communes.rules.workflow import ActKind, Stage
from criteria.actions.loading import load_library
from criteria.models import CriteriaSet, Measure
from criteria.queries import BooksInForce, books_in_force, measure_of
from criteria.rules.library import Library, read_library
from criteria.rules.values import parse_value

START = date(2022, 4, 1)
TODAY = date(2023, 10, 15)
YEAR = TODAY.year
XA, XA_NC, XA_KM = "xa-ntm-2021-2025", "xa-ntm-nang-cao-2021-2025", "xa-ntm-kieu-mau-2021-2025"
HUYEN = "huyen-ntm-2021-2025"
# A percent that BHXH leads, one that the roads' department leads, a yes/no, and one of the district.
HEALTH_INSURANCE = "bhyt"


@lru_cache(maxsize=1)
def _read() -> Library:
    return read_library(settings.BASE_DIR / "criteria" / "data")


def real_library() -> BooksInForce:
    """The project's own library in the database; read from its files once a session, loaded only where it is absent."""
    if not CriteriaSet.objects.exists():
        load_library(library=_read(), on=START)
    return books_in_force(TODAY, year=YEAR)


def make_district(*, code: str = "447", name: str = "Kỳ Anh", slug: str = "ky-anh") -> Unit:
    return Unit.objects.create(
        code=code, name=name, slug=slug, kind="huyện", level="district", region="bac_trung_bo"
    )


def make_commune(*, district: Unit, code: str, name: str, slug: str, position: int = 0, **fields: Any) -> Unit:
    return Unit.objects.create(
        code=code, name=name, slug=slug, kind="xã", level="commune", parent=district, position=position, **fields
    )


def make_person(*, username: str, full_name: str, password: str | None = None) -> Person:
    return Person.objects.create_user(username, password, full_name=full_name)


def make_department(*, district: Unit, code: str, name: str) -> Department:
    return Department.objects.create(district_code=district.code, code=code, name=name)


def post(
    person: Person, role: Role, unit: Unit, *, department: Department | None = None, from_on: date = START,
    to_on: date | None = None, title: str = "",
) -> Posting:  # fmt: skip
    return Posting.objects.create(
        person=person, role=role.value, unit=unit, department=department, from_on=from_on, to_on=to_on, title=title
    )


def assign(*, district: Unit, measure: str, lead: Department, from_on: date = START) -> Assignment:
    """Give a measure to a department, whoever led it before."""
    row = Measure.objects.get(code=measure)
    Assignment.objects.filter(district=district, measure=row).delete()
    return Assignment.objects.create(district=district, measure=row, lead=lead, from_on=from_on)


@dataclass
class Cast:
    """Two communes of one district, the people of the module's docstring, and a district next door."""

    district: Unit
    ky_phu: Unit
    ky_chau: Unit
    next_district: Unit
    next_commune: Unit
    departments: dict[str, Department]
    books: BooksInForce
    lan: Person
    minh: Person
    hoa: Person
    tuan: Person
    mai: Person
    hung: Person
    dung: Person
    quan: Person
    binh: Person

    def standing(self, person: Person) -> Standing:
        return standing_of(person, TODAY)


def make_cast(*, today: date | None = TODAY) -> Cast:
    """The whole cast in the database; the installation's working day is `today` (None: the real day)."""
    books = real_library()
    district, beyond = make_district(), make_district(code="449", name="Cẩm Xuyên", slug="cam-xuyen")
    units = {
        "ky_phu": make_commune(district=district, code="18769", name="Kỳ Phú", slug="ky-phu", position=1),
        "ky_chau": make_commune(district=district, code="18790", name="Kỳ Châu", slug="ky-chau", position=2),
        "next_commune": make_commune(district=beyond, code="18700", name="Cẩm Bình", slug="cam-binh"),
    }
    departments = {
        entry.code: make_department(district=district, code=entry.code, name=entry.name)
        for entry in _read().departments
    }
    people = {name: make_person(username=name, full_name=full) for name, full in _NAMES.items()}
    post(people["lan"], Role.COMMUNE, units["ky_phu"], title="Công chức Văn phòng - Thống kê xã Kỳ Phú")
    post(people["minh"], Role.COMMUNE, units["ky_chau"])
    post(people["hoa"], Role.DEPARTMENT, district, department=departments["bhxh"])
    post(people["tuan"], Role.COORDINATOR, district)
    post(people["mai"], Role.COORDINATOR, district)
    post(people["hung"], Role.LEADER, district)
    post(people["dung"], Role.TEAM_MEMBER, district)
    post(people["quan"], Role.ADMIN, district)
    post(people["binh"], Role.COORDINATOR, beyond)
    assign_by_library(by=people["quan"], district=district, books=books, office="vpdp", on=START)
    set_up_installation(is_demo=False, working_day=today, home_district=district.code)
    return Cast(district=district, next_district=beyond, departments=departments, books=books, **units, **people)


_NAMES = {
    "lan": "Nguyễn Thị Lan",
    "minh": "Trần Văn Minh",
    "hoa": "Phan Thị Hoa",
    "tuan": "Lê Anh Tuấn",
    "mai": "Võ Thị Mai",
    "hung": "Nguyễn Tiến Hùng",
    "dung": "Hoàng Trung Dũng",
    "quan": "Bùi Minh Quân",
    "binh": "Đặng Thanh Bình",
}


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def typed(
    cast: Cast, measure: str, text: str, *, by: Person, unit: Unit | None = None, year: int = YEAR, on: date = TODAY,
    remark: str = "",
) -> Statement:  # fmt: skip
    """A draft: what `by` typed for a measure of Kỳ Phú (or `unit`), through the ordinary act."""
    unit = unit or cast.ky_phu
    row = Measure.objects.get(code=measure)
    before = Assessment.objects.filter(unit=unit, measure=row, year=year).first()
    saved = save_value(
        by=by, standing=cast.standing(by), item=_item(cast, unit, measure), unit=unit, measure=row, year=year,
        seen_version=before.version if before else 0,
        entry=Entry(parse_value(measure_of(row), text), remark=remark), on=on,
    )  # fmt: skip
    assert saved.revision is not None
    return saved.revision


def stated(
    cast: Cast, measure: str, text: str, *, by: Person, until: Stage = Stage.SUBMITTED, unit: Unit | None = None,
    year: int = YEAR, on: date = TODAY, verifier: Person | None = None, approver: Person | None = None,
) -> Statement:  # fmt: skip
    """Typed and carried on to a stage by the people whose part it is: `verifier` (an officer of the lead; made where
    nobody sits there yet) and `approver` (Mai of the office)."""
    revision = typed(cast, measure, text, by=by, unit=unit, year=year, on=on)
    steps = [(ActKind.SUBMIT, by)]
    if until in (Stage.VERIFIED, Stage.APPROVED):
        steps.append((ActKind.VERIFY, verifier or lead_officer(cast, measure)))
    if until is Stage.APPROVED:
        steps.append((ActKind.APPROVE, approver or cast.mai))
    for act, person in steps:
        step(cast, revision, act, by=person, on=on)
    revision.refresh_from_db()
    return revision


def step(cast: Cast, revision: Statement, act: ActKind, *, by: Person, on: date = TODAY, reason: str = "") -> None:
    """One act of the workflow on a revision, through the ordinary action."""
    revision = Statement.objects.select_related("assessment__unit__parent", "assessment__measure").get(pk=revision.pk)
    unit, measure = revision.assessment.unit, revision.assessment.measure.code
    result = revision.results.order_by("-pk").first()
    item = _item(cast, unit, measure, revision, result.by_id if result else None)
    move(
        act=act, by=by, standing=cast.standing(by), item=item, seen=Seen(revision.pk, result.pk if result else None),
        on=on, reason=reason,
    )  # fmt: skip


def lead_officer(cast: Cast, measure: str) -> Person:
    """An officer of the department that leads a measure; Tuấn where that is the office."""
    lead = leads_of(cast.district, TODAY).of(measure)
    if lead.code == "vpdp":
        return cast.tuan
    seat = Posting.objects.filter(department=cast.departments[lead.code]).select_related("person").first()
    if seat is None:
        person = make_person(username=f"can-bo-{lead.code}", full_name=f"Cán bộ {lead.name}")
        seat = post(person, Role.DEPARTMENT, cast.district, department=cast.departments[lead.code])
    return seat.person


def _item(cast: Cast, unit: Unit, measure: str, revision: Statement | None = None, verified_by: int | None = None):
    return item_of(unit, leads_of(cast.district, TODAY).of(measure), revision, verified_by)
