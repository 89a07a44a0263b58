"""One document as its page shows it to one person: its files, the figures that rest on it, what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from accounts.roles import Right, Standing
from communes.models import Attachment, Evidence, EvidenceFile, Unit
from communes.policies import Document, why_not_correct, why_not_renew
from communes.queries.documents import labels_of, names_of, resting_on, supported_by
from communes.rules.evidence import FileKind, PaperKind
from communes.views.evidence_panel import Preview, documents_address, panel_address
from communes.views.paper_forms import TypedPaper
from criteria.queries import books_in_force
from criteria.rules.vocabulary import Level


@dataclass(frozen=True)
class Figure:
    """A figure that the document supports, or supported until it was taken away."""

    row: Attachment
    label: str
    url: str


@dataclass(frozen=True)
class Choice:
    """Measures of one level that the document may be laid beside."""

    title: str
    measures: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class DocumentPage:
    document: Evidence
    kind: PaperKind
    files: Sequence[tuple[EvidenceFile, bool]]
    figures: Sequence[Figure]
    former: Sequence[Figure]
    correct_refusal: str
    renew_refusal: str
    units: Sequence[Unit]
    choices: Sequence[Choice]
    years: Sequence[int]
    preview: Preview | None
    list_url: str
    today: date

    @property
    def is_expired(self) -> bool:
        return self.document.valid_until is not None and self.document.valid_until < self.today

    @property
    def typed(self) -> TypedPaper:
        """What the document says of itself, as the fields of the form."""
        row = self.document
        return TypedPaper(
            row.kind, row.title, row.number, row.issued_on.isoformat() if row.issued_on else "", row.issuer,
            row.valid_until.isoformat() if row.valid_until else "", row.link,
        )  # fmt: skip


def may_spread_to(document: Evidence, standing: Standing, today: date) -> list[Unit]:
    """Units whose figures may rest on a document too, and where this person may attach something: the commune that
    brought it in, to its officers; for the district's own, its communes and itself to those who may add papers, to a
    commune's officers their own. One query."""
    owner = document.unit
    units = Unit.objects.visible_to(standing).valid_on(today).select_related("parent").order_by("-level", "position")
    if owner.is_commune:
        return list(units.filter(pk=owner.pk, code__in=standing.communes))
    if standing.can_in(Right.PREFILL, owner.code):
        return list(units.filter(pk=owner.pk) | units.filter(parent=owner))
    return list(units.filter(parent=owner, code__in=standing.communes))


def page_of(document: Evidence, standing: Standing, today: date, asked_for: Mapping[str, str]) -> DocumentPage:
    """A constant number of queries, whatever rests on the document."""
    books = books_in_force(today, year=today.year)
    labels = {level: labels_of(books, level) for level in (Level.COMMUNE, Level.DISTRICT)}
    figures = [_figure(row, labels) for row in supported_by(document, standing, today)]
    unit = document.unit
    items = tuple(resting_on(document, today).values())
    known = Document(unit.code, unit.district_code, Level(unit.level), document.by_id, items)
    units = may_spread_to(document, standing, today)
    files = list(document.files.select_related("by"))
    levels = [level for level in labels if any(one.level == level.value for one in units)]
    return DocumentPage(
        document=document,
        kind=PaperKind(document.kind),
        files=[(file, FileKind(file.kind).has_preview) for file in files],
        figures=[one for one in figures if one.row.removed_at is None],
        former=[one for one in figures if one.row.removed_at is not None],
        correct_refusal=why_not_correct(standing, known) or "",
        renew_refusal=why_not_renew(standing, known) or "",
        units=units,
        choices=[Choice(_TITLES[level], _named(labels[level], names_of(books, level))) for level in levels],
        years=[today.year, today.year - 1],
        preview=_preview(files, asked_for),
        list_url=documents_address(unit) if _may_list(standing, unit) else "",
        today=today,
    )  # fmt: skip


def _named(labels: Mapping[str, str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, f"{labels[code]} {name}") for code, name in names.items()]


_TITLES = {Level.COMMUNE: "Mục của xã", Level.DISTRICT: "Mục của huyện"}


def _may_list(standing: Standing, unit: Unit) -> bool:
    return standing.can_in(Right.SEE_ALL_BASES, unit.district_code) or unit.code in standing.communes


def _figure(row: Attachment, labels: Mapping[Level, Mapping[str, str]]) -> Figure:
    assessment = row.assessment
    code = assessment.measure.code
    label = labels[Level(assessment.unit.level)].get(code, "")
    return Figure(row, label, panel_address(assessment.unit, code, assessment.year))


def _preview(files: Sequence[EvidenceFile], asked_for: Mapping[str, str]) -> Preview | None:
    """The page asked for of a file of this document; of the newest where none was asked for."""
    shown = [file for file in files if FileKind(file.kind).has_preview]
    if not shown:
        return None
    file = next((one for one in shown if str(one.pk) == asked_for.get("xem")), shown[0])
    pages = file.pages or 1
    wanted = asked_for.get("trang", "1")
    page = min(max(int(wanted), 1), pages) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1

    def to(number: int) -> str:
        return f"?{urlencode({'xem': file.pk, 'trang': number})}" if 1 <= number <= pages else ""

    return Preview(file.pk, file.name, page, pages, to(page - 1), to(page + 1))
