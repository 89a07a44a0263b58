"""Names of the papers people take away; `communes.exporters.files` makes them safe and hands the file over."""

from __future__ import annotations

from communes.models import Unit
from reports.viewing import Viewing

_KINDS = {"matrix": "Ma trận xã × tiêu chí", "commune": "Kết quả", "district": "Kết quả"}


def file_name(kind: str, viewing: Viewing, extension: str, unit: Unit | None = None) -> str:
    """ "Ma trận xã × tiêu chí – Xã NTM – 2023 – đã duyệt – đến 15-10-2023.xlsx".

    `kind`: "matrix", "commune" (with `unit`) or "district"; `extension` without the dot. KeyError for another kind.
    """
    subject = _KINDS[kind]
    if kind != "matrix":
        subject = f"{subject} {(unit or viewing.district).full_name}"
    day = f"đến {viewing.as_of:%d-%m-%Y}"
    pieces = (viewing.book.short_name, str(viewing.year), viewing.basis_label, day)
    return f"{subject} – {' – '.join(pieces)}.{extension}"
