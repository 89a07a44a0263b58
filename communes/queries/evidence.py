"""Papers beside figures: which documents support which assessments, what is asked for, and what is missing.

Who may open what is decided by one door, `visible_to(standing, day)` of the models in `communes.models.evidence`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from accounts.roles import Standing
from communes.models import Act, Attachment, EvidenceFile, RequiredPaper, Unit
from communes.models.evidence import AttachmentQuerySet
from communes.rules.evidence import FileKind, PaperKind, evidence_mark
from communes.rules.workflow import SENDING, Stage


@dataclass(frozen=True, slots=True)
class Paper:
    """A document beside one figure, with its newest file, or its link. `required` is the paper that it answers."""

    attachment: int
    evidence: int
    kind: PaperKind
    title: str
    number: str
    issued_on: date | None
    issuer: str
    valid_until: date | None
    link: str
    file: int | None
    file_name: str
    file_kind: FileKind | None
    size: int
    pages: int | None
    sha256: str
    on_behalf: bool
    by: str
    at: datetime
    required: int | None

    @property
    def name_line(self) -> str:
        """ "123/UBND-NN, 12/03/2023, UBND xã Kỳ Phú"; "" where nothing of it was entered."""
        day = f"{self.issued_on:%d/%m/%Y}" if self.issued_on else ""
        return ", ".join(part for part in (self.number, day, self.issuer) if part)

    @property
    def has_preview(self) -> bool:
        return self.file_kind is not None and self.file_kind.has_preview

    def is_expired(self, day: date) -> bool:
        return self.valid_until is not None and self.valid_until < day


@dataclass(frozen=True, slots=True)
class PaperState:
    """Papers of one figure in short: how many, names of those asked for and missing, the mark that a decision binds
    to, titles of those out of date, how many are asked for."""

    count: int
    missing: tuple[str, ...]
    mark: str
    expired: tuple[str, ...]
    asked: int = 0

    @property
    def is_lacking(self) -> bool:
        """Something asked for is missing, or nothing at all is there where nothing in particular is asked for."""
        return bool(self.missing) or (self.count == 0 and not self.asked)

    def is_lacking_at(self, stage: Stage | None) -> bool:
        """The one rule of "thiếu minh chứng" (chip of the sheet, /viec-cua-toi/), for a figure that was stated. Beside
        an approved one only what is asked for by name: whoever approved it saw that nothing else was there."""
        return bool(self.missing) if stage is Stage.APPROVED else self.is_lacking


def papers_beside(assessments: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """By assessment the papers that stand beside it, as (attachment, SHA-256 of its newest file, or its link), for
    `rules.evidence.evidence_mark`. Two queries."""
    rows = Attachment.objects.filter(assessment_id__in=list(assessments), removed_at=None).order_by("pk")
    found = list(rows.values_list("pk", "assessment_id", "evidence_id", "evidence__link"))
    files = EvidenceFile.objects.filter(evidence_id__in={evidence for _, _, evidence, _ in found}).order_by("pk")
    newest = dict(files.values_list("evidence_id", "sha256"))
    papers: dict[int, list[tuple[int, str]]] = {}
    for pk, assessment, evidence, link in found:
        papers.setdefault(assessment, []).append((pk, newest.get(evidence, link)))
    return papers


def papers_of(
    assessments: Iterable[int], *, seen_by: Standing | None = None, day: date | None = None
) -> dict[int, list[Paper]]:
    """Documents that stand beside assessments, oldest first; an assessment without any is absent. With `seen_by` and
    `day` only what that person may see on that day (papers of what was never sent stay in their unit). Two queries."""
    rows = Attachment.objects.filter(assessment_id__in=list(assessments))
    if seen_by is not None and day is not None:
        rows = rows.visible_to(seen_by, day)
    papers: dict[int, list[Paper]] = {}
    for row, paper in _read(rows):
        papers.setdefault(row.assessment_id, []).append(paper)
    return papers


def _read(rows: AttachmentQuerySet) -> list[tuple[Attachment, Paper]]:
    found = list(rows.standing_now().select_related("evidence", "by", "assessment__measure").order_by("pk"))
    files = EvidenceFile.objects.filter(evidence__in={row.evidence_id for row in found}).order_by("pk")
    newest = {file.evidence_id: file for file in files}
    return [(row, paper_of(row, newest.get(row.evidence_id))) for row in found]


def paper_of(row: Attachment, file: EvidenceFile | None) -> Paper:
    document = row.evidence
    return Paper(
        attachment=row.pk,
        evidence=document.pk,
        kind=PaperKind(document.kind),
        title=document.title,
        number=document.number,
        issued_on=document.issued_on,
        issuer=document.issuer,
        valid_until=document.valid_until,
        link=document.link,
        file=file.pk if file else None,
        file_name=file.name if file else "",
        file_kind=FileKind(file.kind) if file else None,
        size=file.size if file else 0,
        pages=file.pages if file else None,
        sha256=file.sha256 if file else "",
        on_behalf=row.on_behalf,
        by=row.by.full_name,
        at=row.at,
        required=row.required_id,
    )


def paper_states(
    unit: Unit, year: int, measures: Iterable[str], as_of: date, *, seen_by: Standing | None = None
) -> dict[str, PaperState]:
    """The papers of every measure (by code) of a unit in a year, also of those without any; `as_of` decides what is
    asked for and what is out of date. With `seen_by` only what that person may see. Three queries."""
    codes = list(measures)
    rows = Attachment.objects.filter(
        assessment__unit=unit, assessment__year=year, assessment__measure__code__in=codes
    )
    if seen_by is not None:
        rows = rows.visible_to(seen_by, as_of)
    found: dict[str, list[Paper]] = {}
    for row, paper in _read(rows):
        found.setdefault(row.assessment.measure.code, []).append(paper)
    asked = required_papers(unit, codes, as_of)
    return {code: state_of(found.get(code, []), asked.get(code, []), as_of) for code in codes}


def state_of(papers: list[Paper], asked: list[RequiredPaper], as_of: date) -> PaperState:
    there = {paper.required for paper in papers}
    return PaperState(
        count=len(papers),
        missing=tuple(row.name for row in asked if row.pk not in there),
        mark=evidence_mark((paper.attachment, paper.sha256 or paper.link) for paper in papers),
        expired=tuple(paper.title for paper in papers if paper.is_expired(as_of)),
        asked=len(asked),
    )


def required_papers(unit: Unit, measures: Iterable[str], as_of: date) -> dict[str, list[RequiredPaper]]:
    """What the district of a unit asks for on a day, by measure code. One query."""
    rows = RequiredPaper.objects.filter(measure__code__in=list(measures)).in_force(as_of)
    rows = rows.filter(district_id=unit.parent_id if unit.is_commune else unit.pk)
    found: dict[str, list[RequiredPaper]] = {}
    for row in rows.select_related("measure").order_by("pk"):
        found.setdefault(row.measure.code, []).append(row)
    return found


def was_sent(assessment: int) -> bool:
    """Whether a figure ever left its unit: its papers are then seen by those who review. One query."""
    kinds = [kind.value for kind in SENDING]
    return Act.objects.filter(assessment=assessment, kind__in=kinds).exists()


def revision_was_sent(revision: int) -> bool:
    """Whether this very revision ever left its unit: a draft typed over a sent figure did not. One query."""
    return Act.objects.filter(revision=revision, kind__in=[kind.value for kind in SENDING]).exists()
