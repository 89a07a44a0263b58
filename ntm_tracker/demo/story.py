"""The past of the communes as steps: what each typed, sent, had verified, returned, approved, in each round."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from accounts.models import Person
from communes.actions.replaying import Step
from communes.actions.stating import Entry
from communes.models import Unit
from communes.queries.judged import Bench
from communes.rules.workflow import ActKind, Source, Stage
from criteria.models import Measure
from criteria.rules.numbers import percent_of
from criteria.rules.rulebook import Part, Value
from criteria.rules.vocabulary import ExemptionKind
from ntm_tracker.demo import remarks
from ntm_tracker.demo.calendar import days_of
from ntm_tracker.demo.law import ADVANCED, MODEL, STANDARD
from ntm_tracker.demo.passage import Check, Parts, Passage
from ntm_tracker.demo.places import BY_SLUG
from ntm_tracker.demo.scenario import (
    ACCEPTED,
    DRAFT_ONLY,
    FILLED_IN,
    FIRST_ROUND,
    INCOME,
    LAST,
    LATE,
    NEVER_TYPED,
    PHU_COUNTS,
    PHU_GAP,
    PHU_STAGES,
    assesses_advanced,
    assesses_model,
    onset,
)
from ntm_tracker.demo.special_cases import APPRAISAL_REFUSED, DOUBTED, REFUSED, exemption
from ntm_tracker.demo.values import Income, Wish, adjusted, figure


@dataclass(frozen=True)
class Cast:
    """Who plays which part. `assessors` by commune slug, `leads` by measure code, `desks` the place of that lead."""

    assessors: Mapping[str, Person]
    leads: Mapping[str, Person]
    desks: Mapping[str, int]
    office: Person
    office_2: Person
    leader: Person


class Ask(NamedTuple):
    """What one set asks of a measure at one place: the part and its bound (None: not entered)."""

    part: Part
    bound: Value | None


@dataclass(frozen=True)
class Cell:
    """One commune, measure and year. A measure of the kiểu mẫu set only stands under `standard`."""

    unit: Unit
    measure: Measure
    year: int
    standard: Ask | None
    advanced: Ask | None

    @property
    def key(self) -> tuple[str, str]:
        return self.unit.slug, self.measure.code

    def wish(self, number: int) -> Wish:
        """What its figure shall do in a round."""
        since = onset(*self.key)
        standard = since.standard <= number and not (self.key == ("ky-phu", PHU_GAP) and self.year == 2023)
        claimed = self.key == ("ky-phu", "bhyt") and number == LAST  # which the department then sends back
        advanced = claimed or (since.advanced <= number and (standard or self.standard is None))
        ask = self.standard or self.advanced
        assert ask is not None
        return Wish(
            ask.part.measure, ask.part.op, self.standard.bound if self.standard else None,
            self.advanced.bound if self.advanced else None, standard, advanced,
        )  # fmt: skip


def cells_of(unit: Unit, bench: Bench, measures: Mapping[str, Measure]) -> list[Cell]:
    """Every measure that the commune states in the bench's year, by the sets it is on the way to."""
    asked: dict[str, dict[str, Ask]] = {}
    for family in (STANDARD, ADVANCED, MODEL):
        bounds = bench.bounds(unit, family)
        for item, part in bench.books.book(family).parts:
            if bound := bounds.get((item, part.code)):
                asked.setdefault(part.measure.code, {})[family] = Ask(part, bound.value)
    stated = {STANDARD}
    stated |= {ADVANCED} if assesses_advanced(unit.slug, bench.year) else set()
    stated |= {MODEL} if assesses_model(unit.slug, bench.year) else set()
    return [
        Cell(unit, measures[code], bench.year, asks.get(STANDARD) or asks.get(MODEL), asks.get(ADVANCED))
        for code, asks in asked.items()
        if not stated.isdisjoint(asks)
    ]


# Chances of a revision that was sent back or withdrawn once, and of the stages of the last round.
DETOURS = (ActKind.RETURN, ActKind.WITHDRAW, ActKind.RETURN_TO_LEAD, ActKind.RETURN_TO_ASSESSOR)
DETOUR_CHANCES = (0.03, 0.01, 0.01, 0.01)
LAST_STAGES = (Stage.APPROVED, Stage.VERIFIED, Stage.SUBMITTED, Stage.DRAFT, Stage.RETURNED, Stage.WITHDRAWN)
LAST_CHANCES = (40, 24, 20, 9, 5, 2)
REASONS = {
    ActKind.RETURN_TO_LEAD: remarks.RETURNS_TO_LEAD,
    ActKind.RETURN_TO_ASSESSOR: remarks.RETURNS_BY_OFFICE,
}


@dataclass
class CellStory:
    """How one cell came to be. The same cell always tells the same story."""

    cell: Cell
    cast: Cast

    def __post_init__(self) -> None:
        slug, code = self.cell.key
        self.rng = random.Random(f"{slug} {code} {self.cell.year}")  # noqa: S311 -- invented, the same every time
        self.luck = random.Random(f"luck {slug} {code}").random()  # noqa: S311
        self.verified: list[tuple[date, Entry]] = []

    def steps(self) -> Iterator[Step]:
        key, year = self.cell.key, self.cell.year
        if key in NEVER_TYPED and year == 2023:
            return
        first, before = FIRST_ROUND[year], None
        for number in range(first, first + 3):
            entry = self._entry(number, (number - first) / 2)
            if before is not None:
                if not self._is_revised(number, before, entry):
                    continue
                if entry.value == before.value:
                    entry = replace(entry, remark=remarks.AGAIN)
            before = entry
            yield from self._passage(number, entry)
            if key in DRAFT_ONLY and year == 2023:
                return

    def _entry(self, number: int, progress: float) -> Entry:
        slug, code = self.cell.key
        if exempt := exemption(slug, code):
            return exempt
        if code == "thu_nhap":
            return Entry(Income(*INCOME[slug]).in_round(number))
        entry = figure(self.cell.wish(number), BY_SLUG[slug], self.luck, progress)
        if slug == "ky-phu" and number in PHU_COUNTS.get(code, ()) and entry.denominator:
            count = Decimal(PHU_COUNTS[code][number])
            entry = Entry(percent_of(count, entry.denominator), count, entry.denominator)
        if self.cell.key == ("ky-phu", "bhyt") and number == LAST:
            return replace(entry, remark=remarks.PHU_BHYT_REMARK)
        if self.cell.key == ("ky-phu", PHU_GAP) and number == LAST:
            return replace(entry, remark=remarks.PHU_GAP_REMARK)
        kept = remarks.NUMBER_REMARKS if entry.denominator else remarks.REMARKS
        return replace(entry, remark=self.rng.choice(kept)) if self.rng.random() < 0.12 else entry

    def _is_revised(self, number: int, before: Entry, entry: Entry) -> bool:
        """A figure is typed again where the story needs it, where its verdict changes, and now and then."""
        if number == LAST and self._is_staged():
            return True
        if entry.exemption is not ExemptionKind.NONE or entry.value == before.value:
            return False
        if self.cell.unit.slug == "ky-phu" and number == LAST:
            return False
        wishes = [self.cell.wish(n) for n in (number - 1, number)]
        return wishes[0] != wishes[1] or self.cell.measure.code == "thu_nhap" or self.rng.random() < 0.3

    def _is_staged(self) -> bool:
        slug, code = self.cell.key
        return self.cell.key in {*LATE, *FILLED_IN, *ACCEPTED} or (slug == "ky-phu" and code in PHU_STAGES)

    def _stage(self, number: int) -> Stage:
        slug, code = self.cell.key
        if self.cell.key in DRAFT_ONLY and self.cell.year == 2023:
            return Stage.DRAFT
        if number < LAST:
            return Stage.APPROVED
        if slug == "ky-phu" and code in PHU_STAGES:
            return PHU_STAGES[code]
        if self.cell.key in FILLED_IN | ACCEPTED:
            return Stage.PREFILLED if self.cell.key in FILLED_IN else Stage.SUBMITTED
        return LATE.get(self.cell.key) or self.rng.choices(LAST_STAGES, LAST_CHANCES)[0]

    def _passage(self, number: int, entry: Entry) -> Iterator[Step]:
        unit, code = self.cell.unit, self.cell.measure.code
        cast = self.cast
        approver = cast.office if unit.position % 2 else cast.office_2
        parts = Parts(cast.assessors[unit.slug], cast.leads[code], approver, Source.COMMUNE)
        days = days_of(number, unit.position, cast.desks[code])
        passage = Passage(unit, self.cell.measure, self.cell.year, parts, days)
        if number == LAST and self.cell.key in FILLED_IN | ACCEPTED:
            passage = replace(passage, typist=parts.verifier)
        stage, detour = self._stage(number), self._detour(number)
        check = self._check(number, entry, detour)
        slip = self._slip(entry)
        if stage is Stage.APPROVED and detour is not None:
            told = passage.with_detour(detour, entry, check)
        elif stage is Stage.APPROVED and slip is not None:
            told = passage.overtaken(slip, entry, check, was_sent=self.luck > 0.5)
        else:
            told = passage.as_far_as(stage, entry, check)
        for step in told:
            if step.act is ActKind.VERIFY:
                self.verified.append((step.on, check.result or entry))
            yield step

    def _slip(self, entry: Entry) -> Entry | None:
        """A wrong figure that the same person noticed; seldom."""
        if self.rng.random() > 0.03 or not isinstance(entry.value, Decimal) or entry.denominator:
            return None
        return Entry((entry.value * Decimal("0.9")).quantize(Decimal("0.1")).normalize() + 0)

    def _detour(self, number: int) -> ActKind | None:
        if number == LAST and self._is_staged():
            return None
        drawn = self.rng.random()
        for act, chance in zip(DETOURS, DETOUR_CHANCES, strict=True):
            drawn -= chance
            if drawn < 0:
                return act
        return None

    def _check(self, number: int, entry: Entry, detour: ActKind | None) -> Check:
        """What the verifying department finds: mostly the same, now and then another number, seldom another verdict."""
        key, wish = self.cell.key, self.cell.wish(number)
        usual = remarks.NUMBER_RETURNS if entry.denominator else remarks.RETURNS
        reason = self.rng.choice(REASONS.get(detour, usual) if detour else usual)
        if key == ("ky-phu", "bhyt") and number == LAST:
            reason = remarks.PHU_BHYT_RETURN
        if self.cell.year == 2023 and key in DOUBTED and entry.exemption is ExemptionKind.NONE:
            doubt = figure(wish._replace(meets_standard=False, meets_advanced=False), None, self.luck, 0)
            return Check(replace(doubt, remark=remarks.DOUBTED), reason=reason)
        if self.cell.year == 2023 and key in REFUSED:
            return Check(refused=dict([REFUSED[key]]), reason=reason)
        other = adjusted(entry, wish, Decimal("0.4")) if self.rng.random() < 0.07 else None
        return Check(other, reason=reason)

    def appraisal(self, on: date) -> Step | None:
        """The province's result about what stood as verified on a day: the same, sometimes a slightly other number."""
        stood = [entry for day, entry in self.verified if day <= on]
        if not stood:
            return None
        cell, entry = self.cell, stood[-1]
        wish = cell.wish(FIRST_ROUND[cell.year] + (2 if cell.year == 2022 else 0))
        other = adjusted(entry, wish, Decimal("0.3")) if self.rng.random() < 0.08 else None
        refusal = APPRAISAL_REFUSED.get((*cell.key, cell.year))
        return Step(
            on, ActKind.APPRAISE, self.cast.office, cell.unit, cell.measure, cell.year,
            replace(other or entry, remark=remarks.APPRAISED if other else ""),
            refused=dict([refusal]) if refusal else None,
        )  # fmt: skip
