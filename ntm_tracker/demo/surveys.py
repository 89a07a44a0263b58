"""Satisfaction as MTTQ found it: most communes asked about everything, two not yet, one below 80 % in one content."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from communes.models import Unit
from criteria.rules.facts import OVERALL_CONTENT, SurveyRow
from ntm_tracker.demo.calendar import working
from ntm_tracker.demo.goals import RECOGNISED, STANDARD_2022
from ntm_tracker.demo.law import STANDARD
from ntm_tracker.demo.places import BY_SLUG

NOT_ASKED = ("ky-thuong", "ky-trung")
UNHAPPY, UNHAPPY_CONTENT, UNHAPPY_PERCENT = "ky-son", "giao_thong", 74
ASKED_PARTLY = 10  # contents in the unhappy commune, where the survey goes on


class Survey(NamedTuple):
    unit: Unit
    year: int
    on: date
    rows: list[SurveyRow]


def surveys(units: Mapping[str, Unit], contents: list[str]) -> Iterator[Survey]:
    """One survey a year where there was one: before a recognition, otherwise in late summer."""
    early = STANDARD_2022 + RECOGNISED[2023][STANDARD]
    for slug, unit in units.items():
        after = timedelta(days=unit.position // 2)
        if slug in STANDARD_2022:
            yield Survey(unit, 2022, working(date(2022, 11, 21) + after), _rows(slug, 2022, contents))
        if slug not in NOT_ASKED:
            begun = date(2023, 5, 15) if slug in early else date(2023, 8, 28)
            yield Survey(unit, 2023, working(begun + after), _rows(slug, 2023, contents))


def _rows(slug: str, year: int, contents: list[str]) -> list[SurveyRow]:
    rng = random.Random(f"survey {slug} {year}")  # noqa: S311 -- invented, and the same every time
    households = round(BY_SLUG[slug].population_2009 / 3.6)
    sent = households * 2 // 3
    returned = sent - rng.randint(3, 25)
    asked = contents[:ASKED_PARTLY] if slug == UNHAPPY else contents
    return [SurveyRow(code, sent, returned, returned * _percent(slug, code, rng) // 100) for code in asked]


def _percent(slug: str, content: str, rng: random.Random) -> int:
    drawn = rng.randint(92, 99)
    if slug != UNHAPPY:
        return drawn if content == OVERALL_CONTENT else drawn - rng.randint(0, 6)
    return UNHAPPY_PERCENT if content == UNHAPPY_CONTENT else drawn - 8
