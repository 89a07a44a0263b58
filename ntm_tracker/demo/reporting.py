"""The reporting year of the demo: base data, rounds with their closings, and what was confirmed in the open one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from accounts.models import Person
from communes.actions.base_data import FigureEntry, save_base_figures
from communes.actions.rounds import NewRound, close_round, confirm_unchanged, extend, open_round
from communes.models import Round, Statement, Unit
from communes.queries.people import leads_of, standing_of
from communes.queries.rounds import standing_statements
from communes.rules.rounds import RoundKind
from criteria.models import Measure
from ntm_tracker.demo.calendar import working
from ntm_tracker.demo.people import commune_user
from ntm_tracker.demo.places import BY_SLUG, INVENTED, WORKING_DAY
from ntm_tracker.demo.values import SUBJECTS

COUNTED_ON = {2022: date(2022, 4, 20), 2023: date(2023, 2, 15)}


class Planned(NamedTuple):
    """A round of the demo; without a closing day it is still open on the working day. `confirmed_on`: when those who
    had nothing new said so."""

    new: NewRound
    confirmed_on: date
    closed_on: date | None = None


PLANNED = (
    Planned(
        NewRound(RoundKind.YEAR, 1, 2022, date(2022, 11, 1), date(2022, 12, 20)), date(2022, 12, 16), date(2023, 1, 10)
    ),
    Planned(
        NewRound(RoundKind.QUARTER, 3, 2023, date(2023, 9, 5), date(2023, 9, 29)), date(2023, 9, 28), date(2023, 10, 6)
    ),
    Planned(NewRound(RoundKind.MONTH, 10, 2023, date(2023, 10, 2), date(2023, 10, 25)), date(2023, 10, 13)),
    Planned(NewRound(RoundKind.YEAR, 1, 2023, date(2023, 10, 9), date(2023, 12, 15)), date(2023, 10, 13)),
)
EXTENDED = {"ky-thuong": date(2023, 11, 3), "ky-lac": date(2023, 10, 31)}
EXTENDED_ON = date(2023, 10, 12)
# Who forgot to say "không thay đổi" in a round that was closed, and who has said so in October already, of how much.
FORGOT = ("ky-trung", "ky-thuong")
IN_OCTOBER = {"ky-chau": 1.0, "ky-dong": 1.0, "ky-bac": 0.6, "ky-phu": 0.5}


def count_base_data(units: Mapping[str, Unit], people: Mapping[str, Person]) -> None:
    """What the percentages of small numbers rest on, as the demo's figures were made from it."""
    named = dict(Measure.objects.exclude(denominator="").values_list("code", "denominator"))
    for year, on in COUNTED_ON.items():
        for slug, unit in units.items():
            officer = people[commune_user(slug)]
            counted = {named[code]: count(BY_SLUG[slug]) for code, count in SUBJECTS.items() if code in named}
            entries = [FigureEntry(code, value, INVENTED) for code, value in counted.items()]
            save_base_figures(
                by=officer, standing=standing_of(officer, WORKING_DAY), unit=unit, year=year,
                entries=[entry for entry in entries if entry.value], on=working(on),
            )  # fmt: skip


def run_rounds(district: Unit, units: Mapping[str, Unit], people: Mapping[str, Person], office: Person) -> None:
    """Open, confirm, close and freeze, in the order of the days; then October's extensions."""
    standing = standing_of(office, WORKING_DAY)
    for planned in PLANNED:
        opened = open_round(by=office, standing=standing, district=district, new=planned.new, on=planned.new.opens_on)
        shares = {slug: float(slug not in FORGOT) for slug in units} if planned.closed_on else {}
        if planned.new.kind is RoundKind.MONTH:
            shares = IN_OCTOBER
        _confirm(opened, planned.confirmed_on, units, people, shares)
        if planned.closed_on:
            _confirm_the_districts(opened, planned.confirmed_on, district, people)
            close_round(by=office, standing=standing, round=opened, on=planned.closed_on)
    october = Round.objects.select_related("district").get(kind=RoundKind.MONTH.value, year=2023)
    for slug, due_on in EXTENDED.items():
        extend(
            by=office, standing=standing, round=october, unit=units[slug], due_on=due_on,
            reason=f"Xã khắc phục hậu quả mưa lũ ({INVENTED.lower()})", on=EXTENDED_ON,
        )  # fmt: skip


def _stood(unit: Unit, year: int, on: date) -> list[str]:
    """Codes of what stood as sent on a day and stands still."""
    found = {statement: code for (_, code), statement in standing_statements([unit.pk], year).items()}
    early = Statement.objects.filter(pk__in=list(found), on__lte=on).values_list("pk", flat=True)
    return sorted(found[pk] for pk in early)


def _confirm(
    opened: Round, on: date, units: Mapping[str, Unit], people: Mapping[str, Person], shares: Mapping[str, float]
) -> None:
    for slug, share in shares.items():
        officer, codes = people[commune_user(slug)], _stood(units[slug], opened.year, on)
        confirm_unchanged(
            by=officer, standing=standing_of(officer, WORKING_DAY), round=opened, unit=units[slug],
            measures=codes[: round(len(codes) * share)], on=on,
        )  # fmt: skip


def _confirm_the_districts(opened: Round, on: date, district: Unit, people: Mapping[str, Person]) -> None:
    leads = leads_of(district, WORKING_DAY)
    by_lead: dict[str, list[str]] = {}
    for code in _stood(district, opened.year, on):
        by_lead.setdefault(leads.of(code).code, []).append(code)
    for lead, codes in by_lead.items():
        officer = people[f"phong.{lead}"]
        confirm_unchanged(
            by=officer, standing=standing_of(officer, WORKING_DAY), round=opened, unit=district, measures=codes, on=on
        )
