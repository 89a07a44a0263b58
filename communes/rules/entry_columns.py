"""The columns of our own entry workbook ("Nhập liệu"): the same words going out and coming back.

Columns are found by their heading and rows by their keys, so sorting, hiding, filtering and moving columns change
nothing.
"""

from __future__ import annotations

from criteria.rules.vocabulary import LabelledEnum

ENTRY_SHEET, GUIDE_SHEET = "Nhập liệu", "Hướng dẫn"
EXEMPT_MARK = "x"


class Column(LabelledEnum):
    UNIT = "unit", "Xã"
    CODE = "code", "Mã chỉ tiêu"
    NAME = "name", "Chỉ tiêu"
    MEASURED_IN = "measured_in", "Đơn vị tính"
    REQUIREMENT = "requirement", "Yêu cầu"
    LAST_YEAR = "last_year", "Năm trước"
    VALUE = "value", "Kết quả"
    NUMERATOR = "numerator", "Tử số"
    DENOMINATOR = "denominator", "Mẫu số"
    EXEMPT = "exempt", "Không áp dụng (x)"
    REASON = "reason", "Lý do"
    DOCUMENT = "document", "Văn bản"
    REMARK = "remark", "Ghi chú"
    STAGE = "stage", "Trạng thái"
    KEY_UNIT = "key_unit", "Mã xã"
    KEY_MEASURE = "key_measure", "Mã số đo"
    KEY_YEAR = "key_year", "Năm"
    KEY_VERSION = "key_version", "Phiên bản"
    KEY_CHECK = "key_check", "Mã kiểm tra"


TYPED = (
    Column.VALUE, Column.NUMERATOR, Column.DENOMINATOR, Column.EXEMPT, Column.REASON, Column.DOCUMENT, Column.REMARK,
)  # fmt: skip
KEYS = (Column.KEY_UNIT, Column.KEY_MEASURE, Column.KEY_YEAR, Column.KEY_VERSION, Column.KEY_CHECK)
NEEDED = (*TYPED, *KEYS)
