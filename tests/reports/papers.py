"""Value objects of a made-up district, without a database: real criteria sets, invented facts, the real judging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from communes.models import Unit
from communes.queries.judged import Bench
from communes.queries.people import Leads
from communes.queries.sheets import sheet_of
from communes.queries.stated import Stated
from criteria.queries import BooksInForce
from criteria.rules.facts import OVERALL_CONTENT, Fact, SurveyRow
from criteria.rules.library import read_library
from criteria.rules.rulebook import Measure
from criteria.rules.vocabulary import Basis, ExemptionKind, Kind, Level, Tier
from reports.queries.matrix import Matrix, matrix_of
from reports.queries.units import CommunePage, DistrictPage, Rung
from reports.viewing import Viewing

DAY = date(2023, 10, 15)
NAMES = ("Kỳ Phú", "Kỳ Châu", "Kỳ Giang", "Kỳ Đồng", "Lâm Hợp")
STANDARD, MODEL, DISTRICT = "xa-ntm-2021-2025", "xa-ntm-kieu-mau-2021-2025", "huyen-ntm-2021-2025"


@cache
def books() -> BooksInForce:
    library = read_library(Path(__file__).resolve().parents[2] / "criteria" / "data")
    return BooksInForce(book for book in library.rulebooks if not book.is_draft)


def district() -> Unit:
    return Unit(pk=100, code="447", name="Kỳ Anh", slug="ky-anh", kind="huyện", level="district",
                region="bac_trung_bo")  # fmt: skip


def communes(names: tuple[str, ...] = NAMES) -> list[Unit]:
    parent = district()
    return [
        Unit(pk=n, code=f"187{n:02d}", name=name, slug=f"xa-{n}", kind="xã", level="commune", parent=parent, position=n)
        for n, name in enumerate(names, 1)
    ]


def fact_for(measure: Measure, number: int, remark: str = "") -> Fact | None:
    """A fact that differs with `number`, so that every verdict occurs."""
    if number % 11 == 0:
        return None
    if number % 13 == 0:
        return Fact(None, ExemptionKind.NOT_APPLICABLE, "không có công trình loại này", remark=remark)
    if measure.kind is Kind.BOOLEAN:
        return Fact(number % 7 != 0, remark=remark)
    if measure.kind is Kind.ORDINAL:
        return Fact(measure.scale[-1], remark=remark)
    value = {Kind.PERCENT: Decimal(100) - Decimal(number % 40) / 4, Kind.COUNT: Decimal(1 + number % 4)}
    return Fact(value.get(measure.kind, Decimal("46.8")), numerator=Decimal(7741), denominator=Decimal(8777),
                remark=remark)  # fmt: skip


def bench(units: list[Unit] | None = None, remark: str = "") -> Bench:
    """Every commune has said something; less is verified and still less approved."""
    units = communes() if units is None else units
    measures = {code: measure for book in books() for code, measure in book.measures.items()}
    facts: dict[Basis, dict[int, dict[str, Fact]]] = {basis: {} for basis in Basis}
    for unit in [*units, district()]:
        for place, basis in enumerate(Basis):
            stated = {}
            for number, (code, measure) in enumerate(measures.items()):
                fact = fact_for(measure, number * 3 + unit.pk, remark)
                if fact is not None and number % (9 - 3 * place) != 1:
                    stated[code] = fact
            facts[basis][unit.pk] = stated
    surveys = {unit.pk: (SurveyRow(OVERALL_CONTENT, 100, 98, 95),) for unit in units}
    return Bench(units[0].parent or district(), units, 2023, DAY, books(), Stated(facts, surveys), {}, {}, {})


def viewing(family: str = STANDARD, basis: Basis | None = None, level: Level = Level.COMMUNE) -> Viewing:
    return Viewing(district(), 2023, books().book(family), books(), basis, DAY, DAY, tuple(Basis), "/", level)


def targets(units: list[Unit]) -> Mapping[int, Tier]:
    return {units[0].pk: Tier.ADVANCED, units[1].pk: Tier.MODEL}


def make_matrix(family: str = STANDARD, basis: Basis | None = None, units: list[Unit] | None = None) -> Matrix:
    units = communes() if units is None else units
    return matrix_of(viewing(family, basis), bench(units), targets(units))


def make_singles(matrix: Matrix) -> dict[Basis, Matrix]:
    units = sorted((row.unit for row in matrix.rows), key=lambda unit: unit.pk)
    made = bench(units)
    return {b: matrix_of(replace(matrix.viewing, basis=b), made, targets(units)) for b in matrix.viewing.bases}


def make_commune_page(family: str = STANDARD, basis: Basis | None = None, remark: str = "",
                      units: list[Unit] | None = None) -> CommunePage:  # fmt: skip
    units = communes() if units is None else units
    view, made = viewing(family, basis), bench(units, remark)
    sheet = sheet_of(made, units[0], family, view.bases, Leads({}))
    findings = {b: made.commune(units[0], b) for b in view.bases}
    rungs = []
    for book in books().of_level(Level.COMMUNE):
        by = {b: finding.set(book.family) for b, finding in findings.items()}
        verdicts = {b: (found.verdict, found.provisional) for b, found in by.items()}
        met = {b: found.met_criteria for b, found in by.items()}
        rungs.append(Rung(book, verdicts, met, len(next(iter(by.values())).criteria)))
    return CommunePage(view, sheet, findings, tuple(rungs), Tier.STANDARD, (), (), (), (), (), ())


def make_district_page(family: str = DISTRICT, basis: Basis | None = None) -> DistrictPage:
    view, made = viewing(family, basis, Level.DISTRICT), bench()
    sheet = sheet_of(made, made.district, family, view.bases, Leads({}))
    findings = {b: made.district_finding(b) for b in view.bases}
    return DistrictPage(view, sheet, findings, (), Leads({}))
