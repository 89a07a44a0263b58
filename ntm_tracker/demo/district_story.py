"""The past of the district's own measures: departments type, the office verifies, an officer or a leader approves."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from communes.actions.replaying import Step
from communes.actions.stating import Entry
from communes.queries.judged import Bench
from communes.rules.workflow import Source, Stage
from criteria.models import Measure
from criteria.rules.rulebook import Part, Value
from ntm_tracker.demo import remarks
from ntm_tracker.demo.calendar import days_of
from ntm_tracker.demo.law import DISTRICT_SET
from ntm_tracker.demo.passage import Check, Parts, Passage
from ntm_tracker.demo.scenario import DISTRICT_EXEMPT, DISTRICT_LATE, DISTRICT_ONSETS, FIRST_ROUND, LAST
from ntm_tracker.demo.story import Cast
from ntm_tracker.demo.values import Wish, figure, not_applicable


def district_steps(bench: Bench, measures: Mapping[str, Measure], cast: Cast) -> Iterator[Step]:
    """Every measure of the district's đạt chuẩn in the bench's year."""
    bounds = bench.bounds(bench.district, DISTRICT_SET)
    for position, (item, part) in enumerate(bench.books.book(DISTRICT_SET).parts):
        bound = bounds[item, part.code].value
        yield from _steps(bench, measures[part.measure.code], part, bound, cast, position)


def _steps(
    bench: Bench, measure: Measure, part: Part, bound: Value | None, cast: Cast, position: int
) -> Iterator[Step]:
    luck = random.Random(measure.code).random()  # noqa: S311 -- invented, and the same every time
    approver = cast.leader if position % 5 == 0 else cast.office_2
    parts = Parts(cast.leads[measure.code], cast.office, approver, Source.DEPARTMENT)
    before: Entry | None = None
    for number in range(FIRST_ROUND[bench.year], FIRST_ROUND[bench.year] + 3):
        entry = _entry(measure, part, bound, number, luck)
        if before is not None and entry.value == before.value:
            if measure.code not in DISTRICT_LATE or number < LAST:
                continue
            entry = replace(entry, remark=remarks.AGAIN)
        before = entry
        stage = DISTRICT_LATE.get(measure.code, Stage.APPROVED) if number == LAST else Stage.APPROVED
        passage = Passage(bench.district, measure, bench.year, parts, days_of(number, position % 10, position))
        yield from passage.as_far_as(stage, entry, Check(reason=remarks.RETURNS[0]))


def _entry(measure: Measure, part: Part, bound: Value | None, number: int, luck: float) -> Entry:
    if reason := DISTRICT_EXEMPT.get(measure.code):
        return not_applicable(reason)
    met = DISTRICT_ONSETS.get(measure.code, 0) <= number
    return figure(Wish(part.measure, part.op, bound, None, met, False), None, luck, 0.5)
