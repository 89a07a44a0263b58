"""Reads a workbook (.xlsx) that somebody brought, as plain values, or says in one sentence why it cannot be read.

Called by the importers. What must stay true: nothing is unpacked before the directory was looked at; formulas are never
evaluated (what Excel last worked out is taken); what one cell has wrong does not hide the rest of the book, so that all
errors can be shown at once; no cap can be passed by a file that claims less than it holds.

Decisions, in one place:
- A number is what Excel shows of it at most: 15 digits, at most MAX_DECIMALS decimals. 88.200000000000003 is 88.2.
- A number formatted as percent is given as people read it: 0.882 under "0%" is Percent("88.2"), which is a Decimal.
- A day without time is a date, with time a datetime; a time alone or a duration is its text ("07:30").
- Texts are NFC without control characters and outer blanks; a text of nothing but blanks is None.
- A cell that cannot be read (#N/A, a formula whose result was not saved, a day that does not exist) stands in its place
  as Unreadable: who needs the cell refuses it with its sentence, who does not need it goes on.
- Hidden sheets, rows and columns are read like others. Of merged cells the first holds the value, as in Excel;
  `ReadSheet.merged` says which they are. Empty rows are left out, row numbers stay those the reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import BinaryIO
from unicodedata import is_normalized
from zipfile import ZipFile

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel, from_ISO8601

from communes.imports.archives import BROKEN_ZIP, ArchiveProblem, megabytes, open_package
from communes.imports.spreadsheet_xml import (
    Budget,
    Frame,
    RawCell,
    SheetWalk,
    column_letters,
    read_frame,
    sheet_streams,
)
from criteria.rules.numbers import MAX_DECIMALS, MAX_INTEGER_DIGITS, clean_text, format_number

MAX_BYTES = 15 * 1024 * 1024
MAX_PART = 80 * 1024 * 1024
MAX_TEXTS = 30 * 1024 * 1024
MAX_SHEETS = 100
MAX_ROWS = 60_000
MAX_COLUMNS = 500
MAX_CELLS = 500_000
# Rows are given at the width of their sheet: one stray cell far to the right must not cost a gigabyte.
MAX_AREA = 3_000_000
KNOWN_NUMBERS = 20_000

_WRITTEN_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_SMALLEST = Decimal(1).scaleb(-MAX_DECIMALS)
SAVE_AS_XLSX = "Mở bằng Excel, chọn Lưu thành (Save As), kiểu “Excel Workbook (*.xlsx)”, rồi nạp tệp mới."


class Percent(Decimal):
    """A number that its cell shows with %: 0.882 under the format "0%" is Percent("88.2")."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that cannot be read: what it shows, why, and what to do. `str()` is what it shows."""

    shown: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return self.shown

    @property
    def sentence(self) -> str:
        return f"{self.reason} {self.remedy}"


CellValue = str | Decimal | date | datetime | bool | Unreadable | None


class WorkbookProblem(Exception):
    """Why the whole book is refused, as one or two Vietnamese sentences that name the file."""

    @property
    def sentence(self) -> str:
        return str(self)


@dataclass(slots=True)
class ReadSheet:
    """One sheet: rows that hold something as (row number, values from column A to the last filled column of the sheet).

    `merged` holds merged areas as (first row, first column, last row, last column), counted from 1.
    """

    name: str
    rows: list[tuple[int, tuple[CellValue, ...]]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def unreadable(self) -> Iterator[tuple[int, int, Unreadable]]:
        """(row, column, cell) of every cell that could not be read, column from 1."""
        for row, values in self.rows:
            for column, value in enumerate(values, 1):
                if isinstance(value, Unreadable):
                    yield row, column, value


def cell_name(row: int, column: int) -> str:
    """ "B7" for row 7, column 2 (both counted from 1)."""
    return f"{column_letters(column)}{row}"


def read_workbook(file: BinaryIO, *, name: str) -> list[ReadSheet]:
    """Every sheet with cells, in the book's order; sheets without a value are given without rows.

    `name` is only for the sentences. Raises WorkbookProblem. 20,000 rows × 14 columns take about
    1.5 s and 40 MB (two-core machine).
    """
    shown = clean_text(name, keep_newlines=False)[-80:] or "không tên"
    try:
        _check_kind(file)
        with open_package(file) as package:
            _check_package(package)
            budget = Budget()
            return _read(package, read_frame(package, budget), budget)
    except ArchiveProblem as problem:
        raise WorkbookProblem(f"Tệp “{shown}” {problem}") from problem
    except BROKEN_ZIP as problem:
        raise WorkbookProblem(
            f"Tệp “{shown}” bị hỏng hoặc không do Excel ghi ra. Mở bằng Excel, lưu lại rồi thử lại."
        ) from problem


def _check_kind(file: BinaryIO) -> None:
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(8)
    if not size:
        raise ArchiveProblem("rỗng, không có nội dung nào. Chép lại tệp gốc rồi thử lại.")
    if size > MAX_BYTES:
        raise ArchiveProblem(
            f"nặng {megabytes(size)}, lớn hơn mức {megabytes(MAX_BYTES)}. Bỏ hình ảnh và trang không cần rồi thử lại."
        )
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise ArchiveProblem(f"là Excel kiểu cũ (.xls) hoặc được đặt mật khẩu. Bỏ mật khẩu nếu có. {SAVE_AS_XLSX}")
    if not head.startswith(b"PK\x03\x04"):
        raise ArchiveProblem(f"không phải là tệp Excel .xlsx (có thể là .csv hoặc trang web đổi tên). {SAVE_AS_XLSX}")


def _check_package(package: ZipFile) -> None:
    names = package.namelist()
    if any(name.lower().endswith(("vbaproject.bin", ".xlm")) or "macrosheets/" in name.lower() for name in names):
        raise ArchiveProblem(f"có chứa macro. {SAVE_AS_XLSX}")
    if any(name.startswith("word/") for name in names):
        raise ArchiveProblem("là tệp Word đổi tên, không phải bảng tính. Chọn đúng tệp Excel rồi thử lại.")
    if "xl/workbook.bin" in names:
        raise ArchiveProblem(f"là Excel kiểu nhị phân (.xlsb). {SAVE_AS_XLSX}")
    if not any(name.startswith("xl/") for name in names):
        raise ArchiveProblem(f"không phải là tệp Excel .xlsx. {SAVE_AS_XLSX}")
    for part in package.infolist():
        most = MAX_TEXTS if part.filename.endswith("sharedStrings.xml") else MAX_PART
        if part.filename.endswith((".xml", ".rels")) and part.file_size > most:
            raise ArchiveProblem(
                f"có trang tính bung ra thành {megabytes(part.file_size)}, lớn hơn mức {megabytes(most)}. "
                "Xoá các hàng trống có định dạng bên dưới bảng rồi lưu lại."
            )


def _read(package: ZipFile, frame: Frame, budget: Budget) -> list[ReadSheet]:
    if not frame.sheets:
        raise ArchiveProblem("không có trang tính nào.")
    if len(frame.sheets) > MAX_SHEETS:
        raise ArchiveProblem(f"có {len(frame.sheets)} trang tính, nhiều nhất {MAX_SHEETS}. Tách thành nhiều tệp.")
    reader = _Values(frame)
    room = MAX_CELLS
    sheets = []
    for part, stream in sheet_streams(package, frame):
        cells = _Cells(reader.value, clean_text(part.name, keep_newlines=False), room)
        walk = SheetWalk(cells.take, budget)
        walk.run(stream)
        sheets.append(ReadSheet(cells.sheet, cells.as_rows(), walk.merged))
        room = cells.room
    return sheets


@dataclass(slots=True)
class _Cells:
    """Gathers the cells of one sheet, counting against the caps."""

    value: Callable[[RawCell], CellValue]
    sheet: str
    room: int
    rows: list[tuple[int, dict[int, CellValue]]] = field(default_factory=list)
    width: int = 0

    def take(self, raw: RawCell) -> None:
        value = self.value(raw)
        if value is None:
            return
        if not self.rows or self.rows[-1][0] != raw.row:
            self._open(raw.row)
        self.room -= 1
        if raw.column > self.width:
            self.width = raw.column
        if self.room < 0 or self.width > MAX_COLUMNS:
            self._refuse(raw)
        self.rows[-1][1][raw.column] = value

    def _open(self, row: int) -> None:
        if len(self.rows) >= MAX_ROWS:
            raise ArchiveProblem(f"có hơn {format_number(MAX_ROWS)} hàng ở trang “{self.sheet}”. Tách thành nhiều tệp.")
        self.rows.append((row, {}))

    def _refuse(self, raw: RawCell) -> None:
        if self.room < 0:
            raise ArchiveProblem(f"có hơn {format_number(MAX_CELLS)} ô có nội dung. Tách thành nhiều tệp.")
        raise ArchiveProblem(
            f"có nội dung ở ô {cell_name(raw.row, raw.column)} trang “{self.sheet}”, quá {MAX_COLUMNS} cột. "
            "Xoá các cột thừa bên phải rồi lưu lại."
        )

    def as_rows(self) -> list[tuple[int, tuple[CellValue, ...]]]:
        if self.width * len(self.rows) > MAX_AREA:
            raise ArchiveProblem(f"trải quá rộng ở trang “{self.sheet}”. Xoá các cột thừa bên phải rồi lưu lại.")
        columns = range(1, self.width + 1)
        rows = []
        while self.rows:  # given back while the tuples grow: never both in memory
            row, cells = self.rows.pop()
            rows.append((row, tuple(map(cells.get, columns))))
        rows.reverse()
        return rows


class _Values:
    """Turns cells as written into values; numbers seen before are the same object, which saves most of the memory."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._texts = [_clean(text) for text in frame.texts]
        self._numbers: dict[tuple[str, bool], CellValue] = {}
        self._epoch = CALENDAR_MAC_1904 if frame.since_1904 else CALENDAR_WINDOWS_1900
        self._by_kind: dict[str, Callable[[str], CellValue]] = {
            "s": self._shared,
            "str": self._text,
            "inlineStr": self._text,
            "b": lambda text: text.strip() in ("1", "true"),
            "e": _error,
            "d": _iso,
        }

    def value(self, raw: RawCell) -> CellValue:
        text = raw.text
        if raw.kind == "n":
            if text:
                return self._number(text, raw.style)
            return _NO_RESULT if raw.is_formula else None
        if not text:
            return _NO_RESULT if raw.is_formula and raw.kind != "str" else None
        return self._by_kind.get(raw.kind, self._text)(text)

    def _number(self, text: str, style: int) -> CellValue:
        if style in self._frame.dates:
            return _day(text, self._epoch)
        key = (text, style in self._frame.percents)
        known = self._numbers.get(key)
        if known is None:
            known = _number(*key)
            if len(self._numbers) < KNOWN_NUMBERS:
                self._numbers[key] = known
        return known

    def _shared(self, text: str) -> str | None:
        return self._texts[_index(text, len(self._texts))]

    def _text(self, text: str) -> str | None:
        return _clean(text)


_NO_RESULT = Unreadable(
    "(công thức)",
    "Ô có công thức nhưng chưa lưu kết quả.",
    "Mở tệp bằng Excel, chờ tính xong, lưu lại rồi nạp; hoặc gõ thẳng kết quả vào ô.",
)


def _clean(text: str) -> str | None:
    """Most texts are clean already: asking is much cheaper than rebuilding them letter by letter."""
    if not (text.isprintable() and is_normalized("NFC", text)):
        text = clean_text(text)
    return text.strip() or None


def _index(text: str, count: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) < count):
        raise ArchiveProblem("bị hỏng: có ô trỏ đến chữ không tồn tại. Mở bằng Excel, lưu lại rồi thử lại.")
    return int(text)


def _number(text: str, is_percent: bool) -> CellValue:
    if not _WRITTEN_NUMBER.fullmatch(text):  # Python itself would take 1_000, full-width digits and NaN
        return Unreadable(text[:40], f"“{text[:40]}” không phải là số.", "Gõ lại số rồi lưu.")
    # 15 digits are what Excel itself shows: the 16th and 17th are noise of the machine's arithmetic.
    exact = Decimal(f"{float(text):.15g}")
    if not exact.is_finite() or abs(exact) >= Decimal(10) ** (MAX_INTEGER_DIGITS + 3):
        return Unreadable(text[:40], f"“{text[:40]}” quá lớn.", "Kiểm tra lại số rồi lưu.")
    rounded = (exact * 100 if is_percent else exact).quantize(_SMALLEST, ROUND_HALF_UP)
    # 5 and not 5.000000; 1000 and not 1E+3.
    number = Decimal(f"{rounded:f}".rstrip("0").rstrip(".")) + 0
    return Percent(number) if is_percent else number


def _day(text: str, epoch: datetime) -> CellValue:
    try:
        found = from_excel(float(text), epoch) if _WRITTEN_NUMBER.fullmatch(text) and text[0] != "-" else None
    except (OverflowError, ValueError):
        found = None
    return _plain_day(found, text)


def _iso(text: str) -> CellValue:
    try:
        found = from_ISO8601(text)
    except (OverflowError, ValueError):
        found = None
    return _plain_day(found, text)


def _plain_day(found: date | datetime | time | timedelta | None, text: str) -> CellValue:
    if isinstance(found, datetime):
        return found.date() if found.time() == time() else found
    if isinstance(found, date):
        return found
    if isinstance(found, time):
        return found.strftime("%H:%M")
    if isinstance(found, timedelta):
        return str(found)
    return Unreadable(text[:40], f"“{text[:40]}” không phải là ngày có thật.", "Gõ lại ngày dạng 31/12/2025 rồi lưu.")


def _error(text: str) -> CellValue:
    shown = text[:40]
    return Unreadable(shown, f"“{shown}” là lỗi của công thức.", "Sửa công thức hoặc gõ thẳng kết quả rồi lưu.")
