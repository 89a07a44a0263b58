"""Makers of papers for tests: small real files, and documents laid beside figures by the ordinary act.

row = attached(cast, "bhyt", by=cast.lan)              # Lan lays a picture beside a figure of Kỳ Phú
row = attached(cast, "bhyt", by=cast.hoa)              # Hoa adds one on the commune's behalf
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Person
from communes.actions.evidence import Beside, Details, Upload, bring_in
from communes.models import Attachment, Unit
from communes.queries.documents import item_beside
from communes.rules.evidence import CheckedFile, FileKind, PaperKind
from criteria.models import Measure
from tests.makers import TODAY, YEAR, Cast


def picture(shade: int = 0) -> bytes:
    """A real PNG; another shade is another content."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), (shade % 256, 90, 120)).save(made, "PNG")
    return made.getvalue()


def uploaded(name: str = "Biên bản.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content, content_type="text/html")


def upload(content: bytes | None = None, name: str = "Biên bản.png") -> Upload:
    """What the checks hand on, for tests of acts."""
    data = picture() if content is None else content
    sha256 = hashlib.sha256(data).hexdigest()
    return Upload(CheckedFile(name, FileKind.PNG, len(data), sha256), io.BytesIO(data))


def beside(cast: Cast, measure: str, *, unit: Unit | None = None, year: int = YEAR) -> Beside:
    unit = unit or cast.ky_phu
    item, _ = item_beside(unit, measure, year, TODAY)
    return Beside(item, unit, Measure.objects.get(code=measure), year)


def details(title: str = "Báo cáo BHYT", **fields: Any) -> Details:
    return Details(PaperKind.REPORT, title, **fields)


def attached(
    cast: Cast, measure: str, *, by: Person, title: str = "Báo cáo BHYT", unit: Unit | None = None, year: int = YEAR,
    content: bytes | None = None, required: int | None = None, **fields: Any,
) -> Attachment:  # fmt: skip
    return bring_in(
        by=by, standing=cast.standing(by), beside=beside(cast, measure, unit=unit, year=year),
        details=details(title, **fields), upload=upload(content), required=required, on=TODAY,
    )  # fmt: skip


@dataclass
class Shelf:
    """The folder in which a test's files are kept."""

    folder: Path

    @property
    def names(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


def make_shelf(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Shelf:
    """Keeps a test's files apart; what every test of files uses as its fixture `shelf`."""
    monkeypatch.setattr(default_storage, "_wrapped", FileSystemStorage(location=folder))
    return Shelf(folder)
