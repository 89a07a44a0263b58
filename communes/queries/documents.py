"""Documents for their pages: what rests on one, what a unit has, what may be picked, what a measure asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, Subquery

from accounts.roles import Standing
from communes.models import Act, Assessment, Attachment, Evidence, EvidenceFile, RequiredPaper, Unit
from communes.models.evidence import EvidenceQuerySet
from communes.policies import Item, WorkingRules
from communes.queries.entry import item_of
from communes.queries.people import Leads, leads_of
from communes.queries.rounds import working_rules
from communes.rules.workflow import ActKind, Stage
from criteria.queries import BooksInForce
from criteria.rules.vocabulary import Level
from criteria.rules.words import folded


def item_beside(unit: Unit, measure: str, year: int, day: date) -> tuple[Item, Assessment | None]:
    """A figure for policies, and its assessment where there is one. Six queries."""
    district = unit.parent if unit.is_commune else unit
    assert district is not None
    row = Assessment.objects.filter(unit=unit, measure__code=measure, year=year).select_related("current").first()
    lead = leads_of(district, day).of(measure)
    current = row.current if row is not None else None
    return item_of(unit, lead, current, rules=working_rules(district, year)), row


def items_of(assessments: Iterable[Assessment], day: date) -> dict[int, Item]:
    """Figures for policies, by assessment; two queries for every district and year among them. Wants
    `unit__parent`, `measure` and `current` selected."""
    leads: dict[str, Leads] = {}
    rules: dict[tuple[str, int], WorkingRules] = {}
    found = {}
    for row in assessments:
        unit = row.unit
        district = unit.parent if unit.is_commune else unit
        assert district is not None
        if district.code not in leads:
            leads[district.code] = leads_of(district, day)
        if (district.code, row.year) not in rules:
            rules[district.code, row.year] = working_rules(district, row.year)
        lead = leads[district.code].of(row.measure.code)
        found[row.pk] = item_of(unit, lead, row.current, rules=rules[district.code, row.year])
    return found


def resting_on(document: Evidence, day: date) -> dict[int, Item]:
    """Every figure that rests on a document now, by assessment, whoever may see it."""
    pks = Attachment.objects.filter(evidence=document, removed_at=None).values("assessment")
    return items_of(Assessment.objects.filter(pk__in=pks).select_related("unit__parent", "measure", "current"), day)


def supported_by(document: Evidence, standing: Standing, day: date) -> list[Attachment]:
    """The figures that a document supports or supported, as far as this person may see them. One query."""
    rows = Attachment.objects.visible_to(standing, day).filter(evidence=document)
    return list(
        rows.select_related("assessment__unit__parent", "assessment__measure", "by", "removed_by", "required").order_by(
            "removed_at", "assessment__unit__position", "assessment__measure__code", "pk"
        )
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a list: its newest file, and beside how many figures it stands."""

    document: Evidence
    file: EvidenceFile | None
    count: int


def documents_of(unit: Unit, standing: Standing, day: date) -> EvidenceQuerySet:
    """What a unit brought in, and what stands beside its figures, as far as this person may see it."""
    beside = Attachment.objects.visible_to(standing, day).filter(assessment__unit=unit, removed_at=None)
    rows = Evidence.objects.visible_to(standing, day)
    return rows.filter(Q(unit=unit) | Q(pk__in=beside.values("evidence")))


def listed(rows: EvidenceQuerySet, wanted: str, standing: Standing, day: date) -> list[Listed]:
    """Documents, newest first, whose words hold every word of `wanted`, accents ignored. Three queries."""
    counted = Attachment.objects.visible_to(standing, day).filter(removed_at=None, evidence__in=rows)
    counts = dict(counted.order_by().values_list("evidence").annotate(Count("pk")))
    found = list(rows.select_related("unit", "by").order_by("-pk"))
    files = EvidenceFile.objects.filter(evidence__in=[row.pk for row in found]).order_by("pk")
    newest = {file.evidence_id: file for file in files}
    words = [folded(word) for word in wanted.split()]
    return [
        Listed(row, newest.get(row.pk), counts.get(row.pk, 0))
        for row in found
        if _holds(words, row, newest.get(row.pk))
    ]


def _holds(words: list[str], row: Evidence, file: EvidenceFile | None) -> bool:
    day = f"{row.issued_on:%d/%m/%Y}" if row.issued_on else ""
    text = folded(" ".join((row.title, row.number, row.issuer, day, file.name if file else "")))
    return all(word in text for word in words)


def pickable(unit: Unit, standing: Standing, day: date, assessment: Assessment | None) -> EvidenceQuerySet:
    """Documents that may be laid beside one more figure of a unit: its own, and those of its district that this
    person may see; not what stands there already."""
    owners = [unit.pk, unit.parent_id] if unit.is_commune else [unit.pk]
    rows = Evidence.objects.visible_to(standing, day).filter(unit_id__in=owners)
    if assessment is None:
        return rows
    there = Attachment.objects.filter(assessment=assessment, removed_at=None)
    return rows.exclude(pk__in=there.values("evidence"))


def older_files(evidences: Iterable[int]) -> dict[int, list[EvidenceFile]]:
    """Files of documents before their newest one, newest first. One query."""
    files: dict[int, list[EvidenceFile]] = {}
    for file in EvidenceFile.objects.filter(evidence__in=list(evidences)).select_related("by").order_by("-pk"):
        files.setdefault(file.evidence_id, []).append(file)
    return {pk: rows[1:] for pk, rows in files.items()}


def approved_at(assessment: Assessment | None) -> Act | None:
    """The approval of the figure that stands now, which knew the papers of its moment; None while a newer one is on
    its way, whose papers nobody has judged yet. Two queries."""
    if assessment is None or assessment.current is None or assessment.current.stage != Stage.APPROVED.value:
        return None
    return Act.objects.filter(assessment=assessment, kind=ActKind.APPROVE.value).order_by("-pk").first()


def labels_of(books: BooksInForce, level: Level) -> dict[str, str]:
    """Every measure that some set of a level asks for, by code, with the number that people know it by ("15.1")."""
    labels: dict[str, str] = {}
    for book in books.of_level(level):
        for item, part in book.parts:
            number = f"{item}{part.code}" if item in book.indicators else "ĐK"
            labels.setdefault(part.measure.code, number)
    return labels


def names_of(books: BooksInForce, level: Level) -> dict[str, str]:
    return {part.measure.code: part.measure.name for book in books.of_level(level) for _, part in book.parts}


def asked_in(district: Unit, day: date) -> list[RequiredPaper]:
    """What a district asks for on a day, by measure, with how often it was answered as `answers`. One query."""
    answers = (
        Attachment.objects.filter(required=OuterRef("pk"), removed_at=None)
        .order_by().values("required").annotate(n=Count("pk")).values("n")
    )  # fmt: skip
    rows = RequiredPaper.objects.in_force(day).filter(district=district).annotate(answers=Subquery(answers))
    return list(rows.select_related("measure", "by").order_by("measure__level", "measure__code", "pk"))


def leads_by_measure(district: Unit, measures: Iterable[str], day: date) -> Mapping[str, str]:
    """Code of the department that leads each measure. Two queries."""
    leads = leads_of(district, day)
    return {code: leads.of(code).code for code in measures}
