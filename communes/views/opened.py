"""What the review shows about the one item that is open: its papers, what is missing, talk and findings about it.

The panel of papers and the talk come with script in requests of their own; here is what a page without script needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from communes.models import Unit
from communes.policies import is_inside
from communes.queries.discussion import FindingRow, findings_of, open_comments
from communes.queries.evidence import Paper, papers_of, required_papers, state_of
from communes.views.cards import Card
from communes.views.opening import standing_in, today_in


@dataclass(frozen=True)
class PaperLink:
    paper: Paper
    file_url: str
    page_url: str


@dataclass(frozen=True)
class Around:
    """`shown` is the paper whose first page stands in the middle; `comments` counts open remarks."""

    papers: Sequence[PaperLink]
    shown: PaperLink | None
    missing: tuple[str, ...]
    expired: tuple[str, ...]
    panel_url: str
    panel_part: str
    discussion_url: str
    comments: int
    findings: Sequence[FindingRow]
    sheet_url: str


def around(request: HttpRequest, card: Card) -> Around:
    """Five queries."""
    assessment, unit, code = card.item.revision.assessment_id, card.unit, card.item.measure.code
    today, year = today_in(request), card.item.year
    papers = papers_of([assessment]).get(assessment, [])
    state = state_of(papers, required_papers(unit, [code], today).get(code, []), today)
    links = [_link(paper) for paper in papers]
    shown = next((link for link in links if link.page_url), None)
    panel = of_unit("evidence", unit, year, code)
    found = findings_of(unit, year, today)
    inside = [code] if is_inside(standing_in(request), card.item.item) else []
    return Around(
        papers=links,
        shown=shown,
        missing=state.missing,
        expired=state.expired,
        panel_url=panel,
        panel_part=f"{panel}?{urlencode({'xem': shown.paper.file})}" if shown else panel,
        discussion_url=of_unit("discussion", unit, year, code),
        comments=open_comments(unit, year, inside=inside, measure=code).get(code, 0),
        findings=[*found.get(code, ()), *found.get("", ())],
        sheet_url=_sheet(card),
    )


def of_unit(name: str, unit: Unit, year: int, measure: str) -> str:
    """Address of a page about one figure (`evidence`, `discussion`), of a commune or of the district."""
    kwargs: dict[str, object] = {"year": year, "measure": measure}
    if unit.is_commune:
        return reverse(f"communes:{name}", kwargs={"code": unit.slug, **kwargs})
    return reverse(f"communes:district-{name}", kwargs=kwargs)


def _sheet(card: Card) -> str:
    kwargs: dict[str, object] = {"family": card.served[0].family, "year": card.item.year}
    if card.unit.is_commune:
        return reverse("communes:sheet", kwargs={"code": card.unit.slug, **kwargs})
    return reverse("communes:district-sheet", kwargs=kwargs)


def _link(paper: Paper) -> PaperLink:
    file = reverse("communes:evidence-file", kwargs={"file": paper.file}) if paper.file else paper.link
    page = ""
    if paper.file and paper.has_preview:
        page = reverse("communes:evidence-page", kwargs={"file": paper.file, "page": 1})
    return PaperLink(paper, file, page)
