"""The papers beside one figure as their panel shows them to one person; the template only prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from accounts.roles import Standing
from communes.actions.evidence import Beside
from communes.models import Assessment, EvidenceFile, RequiredPaper, Unit
from communes.policies import Item, attaches_on_behalf, is_inside, why_not_attach, why_not_detach
from communes.queries.documents import Listed, approved_at, item_beside, labels_of, listed, older_files, pickable
from communes.queries.evidence import Paper, PaperState, papers_of, required_papers, state_of, was_sent
from communes.rules.evidence import FileKind
from communes.views.paper_forms import TypedPaper
from criteria.models import Measure
from criteria.queries import books_in_force
from criteria.rules.vocabulary import Level

MOST_PICKS = 20
ACCEPT = ",".join([*(kind.suffix for kind in FileKind), ".jpeg"])


def panel_address(unit: Unit, measure: str, year: int) -> str:
    kwargs: dict[str, object] = {"year": year, "measure": measure}
    if unit.is_commune:
        return reverse("communes:evidence", kwargs={"code": unit.slug, **kwargs})
    return reverse("communes:district-evidence", kwargs=kwargs)


@dataclass(frozen=True)
class PaperLine:
    """One paper with what this person may do to it, and the older files of its document. `view_url` shows it in the
    panel, "" where there is nothing to show; `document_url` is the page of its document."""

    paper: Paper
    detach_refusal: str
    older: Sequence[EvidenceFile]
    answers: str
    is_expired: bool
    is_after_approval: bool
    view_url: str
    document_url: str
    is_viewed: bool


@dataclass(frozen=True)
class Preview:
    """One page of a file as a picture, with the addresses of the pages before and after."""

    file: int
    name: str
    page: int
    pages: int
    previous: str
    next: str


@dataclass(frozen=True)
class Panel:
    unit: Unit
    year: int
    measure: Measure
    label: str
    today: date
    item: Item
    address: str
    is_inside: bool
    was_sent: bool
    lines: Sequence[PaperLine]
    asked: Sequence[tuple[RequiredPaper, bool]]
    state: PaperState
    attach_refusal: str
    on_behalf: bool
    preview: Preview | None
    typed: TypedPaper = field(default_factory=TypedPaper)
    problems: Sequence[str] = ()
    done: Sequence[str] = ()
    picks: Sequence[Listed] = ()
    pick_total: int = 0
    pick_query: str = ""
    is_picking: bool = False

    @property
    def title(self) -> str:
        number = f"{self.label} " if self.label else ""
        return f"{number}{self.measure.name}"

    @property
    def accept(self) -> str:
        return ACCEPT

    @property
    def most_mb(self) -> int:
        return int(settings.NTM_EVIDENCE_MB)

    @property
    def beside(self) -> Beside:
        return Beside(self.item, self.unit, self.measure, self.year)

    @property
    def sheet_url(self) -> str:
        if self.unit.is_commune:
            return reverse("communes:sheet-home", kwargs={"code": self.unit.slug})
        return reverse("communes:district-sheet-home")

    @property
    def list_url(self) -> str:
        return documents_address(self.unit)


def documents_address(unit: Unit) -> str:
    if unit.is_commune:
        return reverse("communes:documents", kwargs={"code": unit.slug})
    return reverse("communes:district-documents")


def open_measure(unit: Unit, year: int, code: str, today: date) -> tuple[Measure, str]:
    """A measure that a set of the unit's level asks for in a year, and the number it is known by; else 404."""
    labels = labels_of(books_in_force(today, year=year), Level(unit.level))
    measure = Measure.objects.filter(code=code[:80]).first() if code in labels else None
    if measure is None:
        raise Http404
    return measure, labels[code]


def panel_of(
    unit: Unit, year: int, code: str, standing: Standing, today: date, asked_for: Mapping[str, str]
) -> Panel:
    """`asked_for`: parameters of the address (`xem` file and `trang` page to preview, `tim` words to pick by). A
    constant number of queries; raises Http404 for a measure that nobody asks for here."""
    measure, label = open_measure(unit, year, code, today)
    item, assessment = item_beside(unit, code, year, today)
    pk = assessment.pk if assessment is not None else 0
    papers = papers_of([pk], seen_by=standing, day=today).get(pk, [])
    asked = required_papers(unit, [code], today).get(code, [])
    there = {paper.required for paper in papers}
    address = panel_address(unit, code, year)
    refusal = why_not_attach(standing, item) or ""
    picks = [] if refusal else _picks(unit, standing, today, assessment, asked_for.get("tim", ""))
    return Panel(
        unit=unit, year=year, measure=measure, label=label, today=today, item=item, address=address,
        is_inside=is_inside(standing, item), was_sent=was_sent(pk),
        lines=_lines(papers, asked, item, assessment, standing, today, address, asked_for.get("xem", "")),
        asked=[(row, row.pk in there) for row in asked], state=state_of(papers, asked, today),
        attach_refusal=refusal, on_behalf=attaches_on_behalf(standing, item),
        preview=_preview(papers, asked_for, address), picks=picks[:MOST_PICKS], pick_total=len(picks),
        pick_query=asked_for.get("tim", "")[:100], is_picking="tim" in asked_for,
        typed=TypedPaper(required=asked_for.get("dap-ung", "")[:18]),
    )  # fmt: skip


def _picks(unit: Unit, standing: Standing, today: date, assessment: Assessment | None, wanted: str) -> list[Listed]:
    return listed(pickable(unit, standing, today, assessment), wanted[:100], standing, today)


def _lines(
    papers: Sequence[Paper], asked: Sequence[RequiredPaper], item: Item, assessment: Assessment | None,
    standing: Standing, today: date, address: str, viewed: str,
) -> list[PaperLine]:  # fmt: skip
    older = older_files(paper.evidence for paper in papers)
    names = {row.pk: row.name for row in asked}
    approval = approved_at(assessment)
    return [
        PaperLine(
            paper=paper,
            detach_refusal=why_not_detach(standing, item, on_behalf=paper.on_behalf) or "",
            older=older.get(paper.evidence, []),
            answers=names.get(paper.required or 0, ""),
            is_expired=paper.is_expired(today),
            is_after_approval=approval is not None and paper.at > approval.at,
            view_url=f"{address}?{urlencode({'xem': paper.file})}" if paper.has_preview else "",
            document_url=reverse("communes:document", kwargs={"evidence": paper.evidence}),
            is_viewed=paper.file is not None and viewed == str(paper.file),
        )
        for paper in papers
    ]


def _preview(papers: Sequence[Paper], asked_for: Mapping[str, str], address: str) -> Preview | None:
    """The page asked for, of a file that stands here; None where none was asked for or it is not here."""
    paper = next((one for one in papers if one.has_preview and str(one.file) == asked_for.get("xem")), None)
    if paper is None or paper.file is None:
        return None
    pages = paper.pages or 1
    wanted = asked_for.get("trang", "1")
    page = min(max(int(wanted), 1), pages) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else 1

    def to(number: int) -> str:
        return f"{address}?{urlencode({'xem': paper.file, 'trang': number})}" if 1 <= number <= pages else ""

    return Preview(paper.file, paper.title, page, pages, to(page - 1), to(page + 1))
