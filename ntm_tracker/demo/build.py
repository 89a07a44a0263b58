"""Builds the whole demo district, in one transaction, out of ordinary acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actions import make_departments, set_up_installation
from accounts.models import Department, HistoryEntry, Installation, Notice, Person
from communes.actions.replaying import Replayed, Step, replay
from communes.actions.setting_up import (
    assign_by_library,
    make_units,
    post_people,
    record_recognitions,
    set_targets,
)
from communes.actions.stating import grant_exemption
from communes.actions.surveying import save_survey
from communes.models import Unit
from communes.queries.entry import item_of
from communes.queries.judged import Bench, set_up_bench
from communes.queries.people import OFFICE, OFFICE_CODE, leads_of, standing_of
from criteria.models import CriteriaSet, LibraryState, Measure, SurveyContent
from criteria.queries import books_in_force
from ntm_tracker.demo import goals, people
from ntm_tracker.demo.directives import give_directives
from ntm_tracker.demo.district_story import district_steps
from ntm_tracker.demo.law import Office, enter_thresholds
from ntm_tracker.demo.papers import lay_papers
from ntm_tracker.demo.people import Account
from ntm_tracker.demo.places import DISTRICT, DISTRICT_CODE, PROVINCE, WORKING_DAY, communes
from ntm_tracker.demo.plan import lay_plan
from ntm_tracker.demo.reporting import count_base_data, run_rounds
from ntm_tracker.demo.scenario import assesses_advanced
from ntm_tracker.demo.special_cases import GRANT_DOCUMENT, GRANT_REASON, GRANTED, GRANTED_ON
from ntm_tracker.demo.story import Cast, CellStory, cells_of
from ntm_tracker.demo.surveys import surveys
from ntm_tracker.demo.talk import talk
from ntm_tracker.demo.teams import set_up_teams

BEGUN_ON = date(2022, 1, 4)
ASSIGNED_ON = date(2022, 3, 8)  # the day the new sets took effect
YEARS = (2022, 2023)


class NoLibrary(RuntimeError):
    """The criteria library must be loaded first."""


def is_demo() -> bool:
    return Installation.objects.filter(is_demo=True).exists()


def holds_anything_else() -> bool:
    """Whether somebody works here already: people, units, departments, history of anything but loading the library."""
    acted = HistoryEntry.objects.exclude(act__startswith="library.")
    return any(rows.exists() for rows in (Person.objects.all(), Unit.objects.all(), Department.objects.all(), acted))


@dataclass(frozen=True)
class Ground:
    """What stands before anybody assesses anything: units by slug, people by username, departments by code."""

    district: Unit
    units: Mapping[str, Unit]
    people: Mapping[str, Person]
    departments: Mapping[str, Department]

    @property
    def admin(self) -> Person:
        return self.people[people.ADMIN]

    @property
    def office(self) -> Person:
        return self.people[people.OFFICE]


@dataclass(frozen=True)
class Built:
    accounts: list[Account]
    thresholds: int
    replayed: Replayed


@transaction.atomic
def build(*, hashed: str) -> Built:
    """Everything, into an empty database with a loaded library. Raises NoLibrary.

    `hashed` is the password hash that all accounts share.
    """
    if not CriteriaSet.objects.exists():
        raise NoLibrary
    set_up_installation(is_demo=True, working_day=WORKING_DAY, home_district=DISTRICT_CODE)
    accounts, ground = _lay_ground(hashed)
    thresholds = _enter_law(ground)
    _set_goals(ground)
    _grant_exemptions(ground)
    _record_surveys(ground)
    count_base_data(ground.units, ground.people)
    replayed = replay(steps=_past(ground))
    lay_papers(ground.district, ground.units, ground.people, ground.office)
    talk(ground.district, ground.units, ground.people, ground.office)
    for year in YEARS:
        record_recognitions(
            by=ground.office, district=ground.district, recognitions=goals.new_recognitions(ground.units, year),
            on=goals.RECOGNISED_ON[year],
        )  # fmt: skip
    run_rounds(ground.district, ground.units, ground.people, ground.office)
    _steer(ground)
    _leave_the_newest_notices()
    return Built(accounts, thresholds, replayed)


def _steer(ground: Ground) -> None:
    """Teams, the conclusion of April 2022, and the plan that came of it."""
    set_up_teams(ground.district, ground.units, ground.people, ground.office)
    given = give_directives(ground.district, ground.units, ground.people, ground.departments, ground.office)
    lay_plan(ground.district, ground.units, ground.people, ground.departments, ground.office, given)


def _leave_the_newest_notices() -> None:
    """What was told long before the working day has been read by now."""
    Notice.objects.filter(on__lt=WORKING_DAY - timedelta(days=7)).update(read_at=timezone.now())


def _lay_ground(hashed: str) -> tuple[list[Account], Ground]:
    """Departments, people, units, seats, and who leads what."""
    named = [(code, name) for code, name in LibraryState.objects.get().departments]
    rows = make_departments(district_code=DISTRICT_CODE, named=named)
    departments = {row.code: row for row in sorted(rows, key=lambda row: row.position)}
    accounts = people.accounts_for(list(departments.values()))
    persons = people.make_people(accounts, hashed, BEGUN_ON)
    admin = persons[people.ADMIN]
    province = make_units(by=admin, parent=None, units=[PROVINCE], on=BEGUN_ON)[0]
    district = make_units(by=admin, parent=province, units=[DISTRICT], on=BEGUN_ON)[0]
    units = {unit.slug: unit for unit in make_units(by=admin, parent=district, units=communes(), on=BEGUN_ON)}
    postings = people.seats(accounts, persons, units, departments, district)
    post_people(by=admin, district=district, postings=postings, on=BEGUN_ON)
    books = books_in_force(WORKING_DAY, year=WORKING_DAY.year)
    assign_by_library(by=admin, district=district, books=books, office=OFFICE_CODE, on=ASSIGNED_ON)
    return accounts, Ground(district, units, persons, departments)


def _enter_law(ground: Ground) -> int:
    office = Office(ground.office, standing_of(ground.office, WORKING_DAY), ground.district)
    aiming = [u for slug, u in ground.units.items() if assesses_advanced(slug, 2023) and slug not in NO_CROP_FIGURE]
    return enter_thresholds(office, books_in_force(WORKING_DAY, year=WORKING_DAY.year), aiming)


# Here the reader sees "chưa đủ căn cứ": no number was entered for nâng cao 3.3.
NO_CROP_FIGURE = ("ky-khang", "ky-xuan")


def _set_goals(ground: Ground) -> None:
    set_targets(
        by=ground.office, district=ground.district, targets=goals.targets(ground.units, ground.district),
        counts=goals.COUNTS, document=goals.PLAN, on=goals.PLANNED_ON,
    )  # fmt: skip
    record_recognitions(
        by=ground.office, district=ground.district, recognitions=goals.old_recognitions(ground.units),
        on=goals.PLANNED_ON,
    )  # fmt: skip


def _grant_exemptions(ground: Ground) -> None:
    standing = standing_of(ground.office, WORKING_DAY)
    for code, slugs in GRANTED.items():
        measure = Measure.objects.get(code=code)
        for year in YEARS:
            for slug in slugs:
                unit = ground.units[slug]
                grant_exemption(
                    by=ground.office, standing=standing, item=item_of(unit, OFFICE), unit=unit, measure=measure,
                    year=year, reason=GRANT_REASON, document=GRANT_DOCUMENT, on=GRANTED_ON[year],
                )  # fmt: skip


def _record_surveys(ground: Ground) -> None:
    front = ground.people["phong.mttq"]
    standing = standing_of(front, WORKING_DAY)
    contents = [content.code for content in SurveyContent.objects.all()]
    for survey in sorted(surveys(ground.units, contents), key=lambda survey: survey.on):
        save_survey(by=front, standing=standing, unit=survey.unit, year=survey.year, rows=survey.rows, on=survey.on)


def _past(ground: Ground) -> list[Step]:
    """Every step of every cell, communes and district, both years, with the province's appraisals."""
    measures = {row.code: row for row in Measure.objects.all()}
    cast = _cast(ground, measures)
    units = list(ground.units.values())
    steps: list[Step] = []
    for year in YEARS:
        bench = set_up_bench(ground.district, units, year, WORKING_DAY)
        steps += district_steps(bench, measures, cast)
        for unit in units:
            for cell in cells_of(unit, bench, measures):
                story = CellStory(cell, cast)
                steps += story.steps()
                if _is_appraised(unit.slug, cell.measure.code, bench):
                    appraisal = story.appraisal(goals.APPRAISED_ON[year])
                    steps += [appraisal] if appraisal else []
    return steps


def _is_appraised(slug: str, measure: str, bench: Bench) -> bool:
    """The province looked at what it recognised that year, and at nâng cao of Kỳ Phú in 2022, which it did not."""
    families = [family for family, slugs in goals.RECOGNISED[bench.year].items() if slug in slugs]
    if slug == "ky-phu" and bench.year == 2022:
        families.append(goals.ADVANCED)
    return any(measure in bench.books.book(family).measures for family in families)


def _cast(ground: Ground, measures: Mapping[str, Measure]) -> Cast:
    leads = leads_of(ground.district, WORKING_DAY)
    desks = list(ground.departments)
    codes = {code: leads.of(code).code for code in measures}
    return Cast(
        assessors={slug: ground.people[people.commune_user(slug)] for slug in ground.units},
        leads={code: ground.people[f"phong.{lead}"] for code, lead in codes.items()},
        desks={code: desks.index(lead) for code, lead in codes.items()},
        office=ground.office,
        office_2=ground.people[people.OFFICE_2],
        leader=ground.people[people.LEADER],
    )
