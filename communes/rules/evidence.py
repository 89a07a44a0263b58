"""Evidence as plain values: kinds of documents and files, and the mark that binds a decision to the papers seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from criteria.rules.vocabulary import LabelledEnum

# Code of the department that leads what nobody was assigned.
OFFICE_LEADS = "vpdp"


class PaperKind(LabelledEnum):
    DOCUMENT = "document", "văn bản"
    MINUTES = "minutes", "biên bản"
    REPORT = "report", "báo cáo"
    TABLE = "table", "bảng số liệu"
    PICTURE = "picture", "hình ảnh"
    OTHER = "other", "khác"


class FileKind(LabelledEnum):
    """What the bytes are, found by looking at them and never by the name."""

    PDF = "pdf", "PDF"
    JPEG = "jpeg", "ảnh JPEG"
    PNG = "png", "ảnh PNG"
    WEBP = "webp", "ảnh WebP"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]

    @property
    def suffix(self) -> str:
        return ".jpg" if self is FileKind.JPEG else f".{self.value}"

    @property
    def has_preview(self) -> bool:
        return self not in (FileKind.DOCX, FileKind.XLSX)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.DOCX: f"{_OFFICE}wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that passed every check: its safe name, what it is, how large, its SHA-256, pages where it has pages."""

    name: str
    kind: FileKind
    size: int
    sha256: str
    pages: int | None = None


def evidence_mark(papers: Iterable[tuple[int, str]]) -> str:
    """Short name of the papers beside a figure: (attachment, SHA-256 of its newest file or its link) in any order;
    "" where there are none. A decision carries the mark its maker saw."""
    lines = sorted(f"{attachment}:{content}" for attachment, content in papers)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] if lines else ""
