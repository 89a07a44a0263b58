"""The XML parts of a workbook, walked as a stream: which sheets, which number formats, which texts, which cells.

Called by `workbooks` alone. Not openpyxl's own reader, for four reasons, each tested: it pads every row to the width
that the sheet claims (16,384 columns × 1,048,576 rows out of 5 KB), it cannot tell a formula without a result from an
empty cell while it gives results, it fails on styles that other programs write, and it takes twice as long with
defusedxml. Nothing here is kept but cells that hold something; caps apply while walking.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from communes.imports.archives import ArchiveProblem, Start, local, open_small, read_xml

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LONGEST_TEXT = 32_767
# Elements of one book, empty ones too: what bounds the time. 20,000 rows × 14 columns are 600,000.
MAX_ELEMENTS = 2_000_000
MAX_MERGED = 50_000

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_TOO_MANY = "có quá nhiều ô và hàng, kể cả ô trống có định dạng. Xoá các hàng, cột trống thừa rồi lưu lại."
_BROKEN = "có trang tính ghi sai cấu trúc. Mở bằng Excel, lưu lại rồi thử lại."


@dataclass(frozen=True, slots=True)
class SheetPart:
    """Where a sheet stands in the package."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for the whole book: its sheets in order, the base of its dates, what its formats mean, its texts."""

    sheets: tuple[SheetPart, ...]
    since_1904: bool
    dates: frozenset[int]
    percents: frozenset[int]
    texts: list[str]


class Budget:
    """Counts the elements of a whole book. Raises ArchiveProblem when there are more than MAX_ELEMENTS."""

    def __init__(self) -> None:
        self.left = MAX_ELEMENTS

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ArchiveProblem(_TOO_MANY)

    def counting(self, start: Start) -> Start:
        def counted(name: str, given: dict[str, str]) -> None:
            self.spend()
            start(name, given)

        return counted


@dataclass(slots=True)
class RawCell:
    """A cell as written: kind ("n", "s", "str", "inlineStr", "b", "e", "d"), its text (None: nothing), its format."""

    row: int
    column: int
    kind: str
    style: int
    text: str | None = None
    is_formula: bool = False


def read_frame(package: ZipFile, budget: Budget) -> Frame:
    """Raises ArchiveProblem; KeyError where a part is missing (the caller words it)."""
    book = _target(package, "officeDocument", budget) or "xl/workbook.xml"
    targets = _relations(package, book, budget)
    sheets: list[SheetPart] = []
    since_1904: list[bool] = []

    def start(name: str, given: dict[str, str]) -> None:
        tag = local(name)
        if tag == "sheet":
            key = next((value for attribute, value in given.items() if attribute.endswith(" id")), "")
            kind, path = targets.get(key, ("", ""))
            if kind == "worksheet":  # a sheet that is only a chart holds no cells
                sheets.append(SheetPart(given.get("name", ""), path))
        elif tag == "workbookPr":
            since_1904.append(given.get("date1904", "0") in ("1", "true"))

    with package.open(book) as stream:
        read_xml(stream, budget.counting(start))
    if len({part.path for part in sheets}) < len(sheets):  # read once, not a hundred times
        raise ArchiveProblem(_BROKEN)
    by_kind = {kind: path for kind, path in targets.values()}
    dates, percents = _formats(package, by_kind.get("styles"), budget)
    texts = _texts(package, by_kind.get("sharedStrings"), budget)
    return Frame(tuple(sheets), any(since_1904), dates, percents, texts)


def _relations(package: ZipFile, part: str, budget: Budget) -> dict[str, tuple[str, str]]:
    """Relation id to (last word of its type, path of the target) for `part`; relations to other files are left out."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, given: dict[str, str]) -> None:
        if local(tag) == "Relationship" and given.get("TargetMode") != "External":
            target = given.get("Target", "")
            inside = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            )
            found[given.get("Id", "")] = (given.get("Type", "").rpartition("/")[2], inside)

    if path in package.namelist():
        with open_small(package, path) as stream:
            read_xml(stream, budget.counting(start))
    return found


def _target(package: ZipFile, kind: str, budget: Budget) -> str | None:
    return next((path for found, path in _relations(package, "", budget).values() if found == kind), None)


def _formats(package: ZipFile, path: str | None, budget: Budget) -> tuple[frozenset[int], frozenset[int]]:
    """Style numbers whose cells are dates, and those whose cells are shares in percent."""
    own: dict[int, str] = {}
    used: list[int] = []
    inside: list[bool] = []

    def start(name: str, given: dict[str, str]) -> None:
        tag = local(name)
        if tag == "numFmt":
            own[int(given.get("numFmtId", "0"))] = given.get("formatCode", "")
        elif tag == "cellXfs":
            inside.append(True)
        elif tag == "xf" and inside:
            used.append(int(given.get("numFmtId", "0")))

    def end(name: str) -> None:
        if local(name) == "cellXfs":
            inside.clear()

    if path is None or path not in package.namelist():
        return frozenset(), frozenset()
    with package.open(path) as stream:
        read_xml(stream, budget.counting(start), end)
    codes = {number: own.get(number) or BUILTIN_FORMATS.get(number, "General") for number in set(used)}
    dates = {number for number, code in codes.items() if is_date_format(code)}
    percents = {number for number, code in codes.items() if "%" in _QUOTED.sub("", code.partition(";")[0])}
    return (
        frozenset(style for style, number in enumerate(used) if number in dates),
        frozenset(style for style, number in enumerate(used) if number in percents),
    )


def _texts(package: ZipFile, path: str | None, budget: Budget) -> list[str]:
    """The shared texts, in their order."""
    walk = _TextWalk()
    if path is not None and path in package.namelist():
        with package.open(path) as stream:
            read_xml(stream, budget.counting(walk.start), walk.end, walk.text)
    return walk.texts


class _TextWalk:
    """Runs of a rich text are joined; phonetic guides (rPh) are no text."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_guide = False

    def start(self, name: str, _: dict[str, str]) -> None:
        self._mark(local(name), True)

    def end(self, name: str) -> None:
        tag = local(name)
        self._mark(tag, False)
        if tag == "si":
            self.texts.append(joined(self._parts))
            self._parts = []

    def text(self, data: str) -> None:
        if self._in_text and not self._in_guide:
            self._parts.append(data)

    def _mark(self, tag: str, inside: bool) -> None:
        if tag == "t":
            self._in_text = inside
        elif tag == "rPh":
            self._in_guide = inside


def joined(parts: list[str]) -> str:
    text = "".join(parts)
    if len(text) > LONGEST_TEXT:
        raise ArchiveProblem(f"có ô dài hơn {LONGEST_TEXT} chữ, điều Excel không cho phép.")
    return unescaped(text)


def unescaped(text: str) -> str:
    """`_x000D_` is how a workbook writes a character that XML cannot."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@dataclass(slots=True)
class SheetWalk:
    """Walks one sheet and hands every cell that holds something to `take`; afterwards `merged` is known.

    Empty cells and rows, formatted or not, cost their parsing and nothing else.
    """

    take: Callable[[RawCell], None]
    budget: Budget
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _last_row: int = 0
    _cell: RawCell | None = None
    _parts: list[str] | None = None
    _columns: dict[str, int] = field(default_factory=dict)
    _short: dict[str, str] = field(default_factory=dict)

    def run(self, stream: IO[bytes]) -> None:
        read_xml(stream, self._start, self._end, self._text)

    def _start(self, name: str, given: dict[str, str]) -> None:
        self.budget.spend()
        tag = self._short.get(name)
        if tag is None:
            tag = self._short[name] = local(name)
        if tag == "c":
            self._open_cell(given)
        elif tag == "row":
            self._open_row(given)
        elif self._cell is not None:
            if tag in ("v", "t"):
                self._parts = []
            elif tag == "f":
                self._cell.is_formula = True
        elif tag == "mergeCell" and len(self.merged) < MAX_MERGED:
            self.merged.append(self._area(given.get("ref", "")))

    def _open_row(self, given: dict[str, str]) -> None:
        row = _whole(given["r"]) if "r" in given else self._last_row + 1
        if not self._last_row < row <= LAST_ROW:
            raise ArchiveProblem(_BROKEN)
        self._row = self._last_row = row
        self._column = 0

    def _open_cell(self, given: dict[str, str]) -> None:
        ref = given.get("r")
        column = self._column_of(ref) if ref else self._column + 1
        if not self._column < column <= LAST_COLUMN or not self._row:
            raise ArchiveProblem(_BROKEN)
        self._column = column
        self._cell = RawCell(self._row, column, given.get("t", "n"), _whole(given.get("s", "0")))

    def _text(self, data: str) -> None:
        if self._parts is not None:
            self._parts.append(data)

    def _end(self, name: str) -> None:
        tag = self._short[name]
        cell = self._cell
        if cell is None:
            return
        if tag in ("v", "t"):
            if self._parts is not None:
                cell.text = (cell.text or "") + joined(self._parts)
            self._parts = None
        elif tag == "c":
            self._cell = None
            if cell.text is not None or cell.is_formula:
                self.take(cell)

    def _column_of(self, ref: str) -> int:
        letters = ref.rstrip("0123456789")
        known = self._columns.get(letters)
        if known is None:
            known = self._columns[letters] = column_number(letters)
        return known

    def _area(self, ref: str) -> tuple[int, int, int, int]:
        first, _, last = ref.partition(":")
        (top, left), (bottom, right) = map(self._corner, (first, last or first))
        return top, left, bottom, right

    def _corner(self, ref: str) -> tuple[int, int]:
        return _whole(ref[len(ref.rstrip("0123456789")) :]), self._column_of(ref)


def column_number(letters: str) -> int:
    """ "A" is 1, "XFD" is 16384. Raises ArchiveProblem for anything else."""
    if not re.fullmatch(r"[A-Z]{1,3}", letters):
        raise ArchiveProblem(_BROKEN)
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 is "A", 16384 is "XFD"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ArchiveProblem(_BROKEN)
    return int(text)


def sheet_streams(package: ZipFile, frame: Frame) -> Iterator[tuple[SheetPart, IO[bytes]]]:
    for part in frame.sheets:
        with package.open(part.path) as stream:
            yield part, stream
