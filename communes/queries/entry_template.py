"""What our entry workbook shows before it is filled: a row for every measure and unit that somebody may type or fill
in, with what is required, what stood last year and what stands now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from accounts.roles import Standing
from communes.models import Unit
from communes.queries.importing import Ground, Now, Way, ground_of, label_in
from communes.queries.judged import Bench, set_up_bench
from communes.queries.sheets import PartRow
from communes.queries.stated import stated
from communes.rules.workflow import Stage
from criteria.rules.facts import Fact
from criteria.rules.rulebook import Measure, Rulebook
from criteria.rules.vocabulary import Basis


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One cell to fill. `now` is what this person may see of it, `version` that of the assessment in any case."""

    unit: Unit
    code: str
    name: str
    measure: Measure
    requirement: str
    last_year: Fact | None
    now: Now
    version: int
    way: Way
    allowed: str | None

    @property
    def stage(self) -> str:
        """Where it stands, in words; a draft that is nobody else's to see is only told to be one."""
        if self.way.hides:
            return "xã đang soạn"
        return Stage(self.now.stage).label if self.now.stage else "chưa nhập"


@dataclass(frozen=True)
class EntryTemplate:
    """`whose` tells for whom it was made: "xã Kỳ Phú", "Bảo hiểm xã hội huyện, 20 xã"."""

    whose: str
    year: int
    sets: tuple[str, ...]
    made_on: date
    rows: tuple[TemplateRow, ...]


def entry_template(
    *, district: Unit, units: Sequence[Unit], books: Sequence[Rulebook], year: int, standing: Standing, today: date,
    whose: str, lead: str = "",
) -> EntryTemplate:  # fmt: skip
    """The rows of these units and sets, in the order of the sets, a measure once. `lead` narrows to what one
    department leads. About twenty queries, whatever the number of units."""
    ground = ground_of(
        district=district, year=year, standing=standing, today=today, units=[unit.code for unit in units]
    )
    bench = set_up_bench(district, [unit for unit in units if unit.is_commune], year, today, bases=())
    last = stated([unit.pk for unit in units], year - 1, today, ground.measures)
    rows = []
    for unit in units:
        before = {}
        for basis in Basis:
            before |= last.of(basis, unit.pk)
        rows += [
            replace(row, last_year=before.get(row.measure.code)) for row in _rows(unit, books, bench, ground, lead)
        ]
    return EntryTemplate(whose, year, tuple(book.short_name for book in books), today, tuple(rows))


def _rows(unit: Unit, books: Sequence[Rulebook], bench: Bench, ground: Ground, lead: str) -> list[TemplateRow]:
    found: dict[str, TemplateRow] = {}
    for book in books:
        bounds = bench.bounds(unit, book.family)
        wanted = book.measures_in_force(bench.supplements_of(unit))
        for item, part in book.parts:
            code = part.measure.code
            if code in found or code not in wanted or (lead and ground.leads.of(code).code != lead):
                continue
            asked = PartRow(item, part, bounds[item, part.code], ground.leads.of(code), {})
            now = ground.now(unit, code)
            way = ground.way(unit, code, now)
            visible = Now() if way.hides else now
            label = label_in(book, item, part)
            found[code] = TemplateRow(
                unit, *label, part.measure, asked.requirement, None, visible, now.version, way,
                ground.allowed(unit, code),
            )  # fmt: skip
    return list(found.values())
