"""Our own entry workbook, to be filled offline and brought back: sheet "Nhập liệu", a row for a measure and unit.

What must stay true: the headings are those of `communes.rules.entry_columns` and the keys those that
`communes.imports.entry_keys` reads; numbers are numbers and text is text, whatever it begins with.
"""

from __future__ import annotations

from copy import copy
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from communes.exporters.cells import FONT, Shown, bytes_of, write
from communes.imports.entry_keys import check_of, content_of
from communes.queries.entry_template import EntryTemplate, TemplateRow
from communes.rules.entry_columns import ENTRY_SHEET, EXEMPT_MARK, GUIDE_SHEET, KEYS, TYPED, Column
from criteria.rules.facts import Fact
from criteria.rules.numbers import clean_text
from criteria.rules.rulebook import Measure
from criteria.rules.values import decode_value, show_value
from criteria.rules.vocabulary import ExemptionKind, Kind

HEADING = 4
# What Excel allows in the list of a validation.
LONGEST_LIST = 255
WIDTHS = {
    Column.UNIT: 14, Column.CODE: 8, Column.NAME: 52, Column.MEASURED_IN: 11, Column.REQUIREMENT: 18,
    Column.LAST_YEAR: 12, Column.VALUE: 13, Column.NUMERATOR: 10, Column.DENOMINATOR: 10, Column.EXEMPT: 9,
    Column.REASON: 24, Column.DOCUMENT: 20, Column.REMARK: 32, Column.STAGE: 18,
}  # fmt: skip
_TEXTS = frozenset({Column.EXEMPT, Column.REASON, Column.DOCUMENT, Column.REMARK})
_LINE = Side(style="thin", color="B4BAB5")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD, _LOCKED = PatternFill("solid", start_color="DDE5EE"), PatternFill("solid", start_color="F3F4F1")
_OPEN = PatternFill("solid", start_color="FFFDF0")
_TOP = Alignment(vertical="top", wrap_text=True)
_NUMBER = Alignment(vertical="top", horizontal="right")


def entry_workbook(template: EntryTemplate) -> bytes:
    """The workbook as .xlsx. 20 communes × 57 measures take about a second."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = ENTRY_SHEET
    _write_head(sheet, template)
    styles = _Styles(sheet)
    for number, row in enumerate(template.rows, HEADING + 1):
        _write_row(sheet, number, row, template.year, styles)
    _set_up(sheet, len(template.rows))
    _validate(sheet, template)
    _write_guide(book.create_sheet(GUIDE_SHEET), template)
    book.properties.title = f"Nhập liệu NTM {template.year} – {clean_text(template.whose)}"
    return bytes_of(book)


def _write_head(sheet: Worksheet, template: EntryTemplate) -> None:
    title = write(sheet, 1, 1, f"PHIẾU NHẬP LIỆU NÔNG THÔN MỚI NĂM {template.year} – {template.whose.upper()}")
    title.font = Font(name=FONT, size=14, bold=True)
    told = f"Số liệu đến ngày {template.made_on:%d/%m/%Y}. Nhập vào ô nền vàng nhạt; cách nhập ở trang “{GUIDE_SHEET}”."
    write(sheet, 2, 1, told).font = Font(name=FONT, size=11, italic=True)
    for place, column in enumerate(Column, 1):
        cell = write(sheet, HEADING, place, column.label)
        cell.font, cell.fill, cell.border = Font(name=FONT, size=11, bold=True), _HEAD, _GRID
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[HEADING].height = 34


class _Styles:
    """Cells of one look share one style: setting fonts and fills cell by cell took three quarters of the time."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet, self._made = sheet, {}

    def of(self, column: Column, *, is_open: bool, kind: Kind, quoted: bool) -> object:
        key = (column in TYPED, column in _TEXTS, is_open, kind is Kind.COUNT, column in _NUMBERS, quoted)
        if key not in self._made:
            self._made[key] = self._make(*key)
        return copy(self._made[key])

    def _make(self, typed: bool, text: bool, is_open: bool, count: bool, number: bool, quoted: bool) -> object:  # noqa: FBT001
        cell = self._sheet.cell(HEADING - 1, len(Column) + 2)
        cell.font, cell.border = Font(name=FONT, size=11), _GRID
        cell.alignment = _NUMBER if number else _TOP
        cell.fill = _OPEN if typed and is_open else _LOCKED
        cell.protection = Protection(locked=not (typed and is_open))
        # General, so that "88,2 %" typed by hand is understood as a percentage; text stays text.
        cell.number_format = "@" if text else "#,##0" if count and number else "General"
        cell.quotePrefix = quoted
        style = copy(cell._style)
        del self._sheet._cells[cell.row, cell.column]
        return style


_NUMBERS = frozenset({Column.LAST_YEAR, Column.VALUE, Column.NUMERATOR, Column.DENOMINATOR})


def _write_row(sheet: Worksheet, number: int, row: TemplateRow, year: int, styles: _Styles) -> None:
    is_open = row.way.refusal is None
    for place, (column, value) in enumerate(zip(Column, _values(row, year), strict=True), 1):
        cell = write(sheet, number, place, value)
        quoted = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t")
        cell._style = styles.of(column, is_open=is_open, kind=row.measure.kind, quoted=quoted)


def _values(row: TemplateRow, year: int) -> tuple[Shown, ...]:
    """In the order of `Column`."""
    now, measure = row.now, row.measure
    is_exempt = now.exemption == ExemptionKind.NOT_APPLICABLE.value
    check = check_of(row.unit.code, measure.code, year, row.version, content_of(now.said))
    return (
        row.unit.name, row.code, row.name, measure.unit, row.requirement, _fact(measure, row.last_year),
        _value(measure, decode_value(measure.kind, now.value)), now.numerator, now.denominator,
        EXEMPT_MARK if is_exempt else None, now.exemption_reason if is_exempt else None,
        (now.document if is_exempt else "") or None, now.remark or None, row.stage,
        row.unit.code, measure.code, year, row.version, check,
    )  # fmt: skip


def _value(measure: Measure, value: Decimal | bool | str | None) -> Shown:
    return value if isinstance(value, Decimal) or value is None else show_value(measure, value)


def _fact(measure: Measure, fact: Fact | None) -> Shown:
    if fact is None:
        return None
    return fact.exemption.label if fact.exemption is not ExemptionKind.NONE else _value(measure, fact.value)


def _set_up(sheet: Worksheet, count: int) -> None:
    last, shown = HEADING + count, [column for column in Column if column not in KEYS]
    for place, column in enumerate(Column, 1):
        dimension = sheet.column_dimensions[get_column_letter(place)]
        dimension.width = WIDTHS.get(column, 12)
        # Needed to bring the rows back, of no use to read: hidden, not gone.
        dimension.hidden = column in KEYS
    sheet.freeze_panes = sheet.cell(HEADING + 1, list(Column).index(Column.NAME) + 2)
    sheet.auto_filter.ref = f"A{HEADING}:{get_column_letter(len(Column))}{last}"
    # Against slips, not against people: no password, and filtering stays allowed.
    protection = sheet.protection
    protection.sheet, protection.autoFilter, protection.sort = True, False, False
    protection.formatColumns, protection.formatRows = False, False
    sheet.print_area = f"A1:{get_column_letter(len(shown))}{last}"
    sheet.print_title_rows = f"{HEADING}:{HEADING}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "Trang &P/&N"


def _letter(column: Column) -> str:
    return get_column_letter(list(Column).index(column) + 1)


def _validate(sheet: Worksheet, template: EntryTemplate) -> None:
    """Lists for yes/no and grades; a typed number is only warned of, because the import says more about it."""
    choices: dict[str, DataValidation] = {}
    shares = DataValidation(
        "decimal", operator="between", formula1="0", formula2="100", allow_blank=True, errorStyle="warning"
    )
    shares.error, shares.errorTitle = "Tỷ lệ từ 0 đến 100. Ghi 88,2 cho 88,2 %.", "Kiểm tra lại"
    for number, row in enumerate(template.rows, HEADING + 1):
        address = f"{_letter(Column.VALUE)}{number}"
        if row.measure.kind is Kind.PERCENT:
            shares.add(address)
        words = _words(row.measure)
        if words:
            choices.setdefault(words, _list_of(words)).add(address)
    exempt = _list_of(f'"{EXEMPT_MARK}"')
    exempt.add(f"{_letter(Column.EXEMPT)}{HEADING + 1}:{_letter(Column.EXEMPT)}{HEADING + max(len(template.rows), 1)}")
    for validation in (shares, exempt, *choices.values()):
        if validation.sqref:
            sheet.add_data_validation(validation)
    # What is marked as không áp dụng shows at a glance.
    area = f"{_letter(Column.VALUE)}{HEADING + 1}:{_letter(Column.DENOMINATOR)}{HEADING + max(len(template.rows), 1)}"
    formula = f'${_letter(Column.EXEMPT)}{HEADING + 1}="{EXEMPT_MARK}"'
    sheet.conditional_formatting.add(area, FormulaRule([formula], fill=PatternFill("lightUp", end_color="DDE5EE")))


def _words(measure: Measure) -> str:
    if measure.kind is Kind.BOOLEAN:
        options: tuple[str, ...] = (measure.yes_label, measure.no_label)
    elif measure.kind is Kind.ORDINAL:
        options = measure.scale
    else:
        return ""
    text = f'"{",".join(options)}"'
    # A grade with a comma in it cannot stand in a list; it is then typed.
    return text if len(text) <= LONGEST_LIST and not any("," in option for option in options) else ""


def _list_of(words: str) -> DataValidation:
    made = DataValidation("list", formula1=words, allow_blank=True)
    made.error, made.errorTitle = f"Chọn một trong: {words.strip(chr(34)).replace(',', ', ')}.", "Chọn trong danh sách"
    return made


GUIDE = (
    "Chỉ nhập ở các ô nền vàng nhạt. Ô nền xám là ô chỉ đọc, hoặc mục không do anh/chị nhập lúc này.",
    "Kết quả: số ghi 88,2 (không cần dấu %), xếp loại và đạt/chưa đạt chọn trong danh sách.",
    "Tỷ lệ có thể ghi tử số và mẫu số thay cho kết quả; kết quả tự tính. Không có đối tượng: ghi tử số 0, mẫu số 0.",
    "Không áp dụng: đánh x ở cột “Không áp dụng (x)”, ghi lý do và văn bản, để trống kết quả.",
    "Ô để trống không xóa gì: số đang có vẫn giữ. Muốn xóa một số đã nhập thì xóa trên phiếu đánh giá của hệ thống.",
    "Được lọc, ẩn, sắp xếp (chọn cả bảng), đổi chỗ cột. Muốn sắp xếp hay đổi cột thì bỏ bảo vệ trang: thẻ Review (Xem "
    "lại), Unprotect Sheet, không có mật khẩu.",
    "Không đổi tên cột, không thêm hàng, không sửa các cột ẩn ở cuối (mã xã, mã số đo, năm, phiên bản, mã kiểm tra): "
    "hệ thống nhận ra hàng nhờ các cột đó.",
    "Nhập xong: lưu tệp .xlsx, vào mục Nhập từ Excel của hệ thống, chọn tệp. Hệ thống đọc và cho xem trước từng thay "
    "đổi, chưa ghi gì; bấm Ghi thì số liệu mới thành bản nháp.",
)  # fmt: skip


def _write_guide(sheet: Worksheet, template: EntryTemplate) -> None:
    bold, plain = Font(name=FONT, size=11, bold=True), Font(name=FONT, size=11)
    write(sheet, 1, 1, "CÁCH NHẬP VÀ GỬI LẠI TỆP NÀY").font = Font(name=FONT, size=14, bold=True)
    facts = (
        ("Của", template.whose), ("Năm", str(template.year)), ("Bộ tiêu chí", "; ".join(template.sets)),
        ("Số liệu đến ngày", f"{template.made_on:%d/%m/%Y}"), ("Số mục", str(len(template.rows))),
    )  # fmt: skip
    for number, (label, value) in enumerate(facts, 3):
        write(sheet, number, 1, label).font = bold
        cell = write(sheet, number, 2, value)
        cell.font, cell.alignment = plain, _TOP
    for number, sentence in enumerate(GUIDE, 1):
        at = len(facts) + 3 + number
        write(sheet, at, 1, f"{number}.").font = bold
        cell = write(sheet, at, 2, sentence)
        cell.font, cell.alignment = plain, _TOP
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 92
    sheet.page_setup.paperSize, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = sheet.PAPERSIZE_A4, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.protection.sheet = True
