"""Papers beside a figure, made as rows: what is asked of them here is only that they stand there or no longer do."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Person
from communes.models import Attachment, Evidence, EvidenceFile, Statement
from tests.makers import TODAY


def lay_paper(
    revision: Statement, title: str, *, by: Person, content: str = "a", on_behalf: bool = False
) -> Attachment:
    """A document with one file, beside the figure of a revision; `content` names the bytes."""
    document = Evidence.objects.create(
        unit=revision.assessment.unit, kind="document", title=title, by=by, on=TODAY, at=timezone.now()
    )
    scan_again(document, content, by=by)
    return Attachment.objects.create(
        assessment=revision.assessment, evidence=document, on_behalf=on_behalf, by=by, on=TODAY, at=timezone.now()
    )


def scan_again(document: Evidence, content: str, *, by: Person) -> EvidenceFile:
    """Another file of the same document: the newest one counts."""
    return EvidenceFile.objects.create(
        evidence=document, stored=f"{content}.pdf", name=f"{content}.pdf", kind="pdf", size=10, pages=1,
        sha256=content * 64, by=by, on=TODAY, at=timezone.now(),
    )  # fmt: skip


def take_away(paper: Attachment, *, by: Person) -> None:
    Attachment.objects.filter(pk=paper.pk).update(removed_by=by, removed_on=TODAY, removed_at=timezone.now())
