"""A block from a workbook against the rows of a sheet: by code, by place, and everything left with its reason."""

import pytest

from communes.rules.blocks import MANY_COLUMNS, Slot, code_key, place_block

SLOTS = (
    Slot("xa.2.1", "2.1", "Đường xã"), Slot("xa.2.2", "2.2", "Đường thôn"), Slot("xa.2.3", "2.3", "Đường ngõ"),
    Slot("xa.17.1.a", "17.1a", "Nước sạch"), Slot("dk", "", "Điều kiện"),
)  # fmt: skip


def placed(text: str, start: str = "", remarks: bool = False) -> list[tuple[str, str, str]]:
    return [(one.measure, one.value, one.remark) for one in place_block(text, SLOTS, start, remarks=remarks).placed]


def left(text: str, start: str = "") -> list[tuple[int, str]]:
    return [(one.number, one.reason) for one in place_block(text, SLOTS, start).left]


def test_a_column_fills_downwards_from_the_cursor_and_an_empty_cell_skips_one() -> None:
    assert placed("96,4\n\n77", "xa.2.1") == [("xa.2.1", "96,4", ""), ("xa.2.3", "77", "")]


def test_values_with_remarks_are_not_taken_for_codes() -> None:
    assert placed("96,4\tđã đo\n83,1\t\n", "xa.2.2") == [("xa.2.2", "96,4", "đã đo"), ("xa.2.3", "83,1", "")]


def test_a_first_column_of_codes_is_matched_by_code_whatever_the_order() -> None:
    block = "2.3\t77\n2.1\t96,4\tđã đo\n"
    assert placed(block, "xa.17.1.a") == [("xa.2.3", "77", ""), ("xa.2.1", "96,4", "đã đo")]
    assert place_block(block, SLOTS).by_code


def test_a_block_with_headings_and_wording_finds_its_columns() -> None:
    block = "Mã\tChỉ tiêu\tYêu cầu\tKết quả\tGhi chú\n2.1\tĐường xã\t≥ 90 %\t96,4\tđã đo\n17.1.a\tNước sạch\t\t88\t"
    assert placed(block) == [("xa.2.1", "96,4", "đã đo"), ("xa.17.1.a", "88", "")]
    assert placed("2.1\tĐường xã\t96,4\n2.2\tĐường thôn\t83") == [("xa.2.1", "96,4", ""), ("xa.2.2", "83", "")]


def test_headings_are_known_however_offices_word_them() -> None:
    block = "TT\tTên chỉ tiêu\tYêu cầu\tKết quả năm trước\tKẾT QUẢ 2023\tGhi chú\n2,1\tĐường xã\t100 %\t80\t96,4\tđã đo"
    assert placed(block) == [("xa.2.1", "96,4", "đã đo")]


def test_the_wording_of_an_indicator_is_never_taken_for_its_result() -> None:
    wide = "2.1\tĐường trục xã được bê tông hóa\t≥ 90 %\t96,4\n2.2\tĐường thôn\t≥ 80 %\t83"
    assert placed(wide) == []
    assert {reason for _, reason in left(wide)} == {MANY_COLUMNS}
    assert placed("2.1\tĐường trục xã được bê tông hóa\tcần đạt\n2.2\tĐường thôn\tcần đạt") == []
    assert placed("2.1\tĐạt\tđã đo\n2.2\tChưa đạt\t") == [("xa.2.1", "Đạt", "đã đo"), ("xa.2.2", "Chưa đạt", "")]


def test_what_has_no_place_is_left_with_its_reason() -> None:
    assert left("2.1\t96\n9.9\t5\n2.1\t97\n2.2\t") == [
        (2, "Không có mã “9.9” trong các dòng đang hiện."),
        (3, "Mã 2.1 đã có ở dòng 1."),
        (4, "Không có giá trị bên cạnh mã."),
    ]
    assert left("1\n2\n3", "xa.17.1.a") == [(3, "Thừa dòng: phía dưới không còn ô nào để nhận.")]
    assert left("95\tghi chú\tthêm", "xa.2.1") == [(1, "Thừa cột: chỉ nhận cột kết quả và cột ghi chú.")]


def test_a_code_that_a_filter_hides_is_never_read_as_a_figure() -> None:
    block = place_block("2.1\t96\n2.2\t83", SLOTS[1:], "", hidden=["2.1"])
    assert [(one.measure, one.value) for one in block.placed] == [("xa.2.2", "83")]
    assert block.left[0].reason == "Không có mã “2.1” trong các dòng đang hiện."


def test_remarks_alone_go_into_the_column_of_remarks() -> None:
    assert placed("còn 3,2 km\nxong", "xa.2.2", remarks=True) == [("xa.2.2", "", "còn 3,2 km"), ("xa.2.3", "", "xong")]


def test_a_cell_of_several_lines_stays_one_cell() -> None:
    assert placed('2.1\t96\t"dòng một\ndòng hai"\n2.2\t83', "") == [
        ("xa.2.1", "96", "dòng một dòng hai"), ("xa.2.2", "83", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["17.1.a", "17.1 A", "17.1a", " 17.1a. "])
def test_a_code_is_read_however_it_is_written(text: str) -> None:
    assert code_key(text) == "17.1a"


@pytest.mark.parametrize("text", ["", "\n\n", "\t\t\n", '"', "\x00"])
def test_nothing_is_nothing(text: str) -> None:
    block = place_block(text, SLOTS)
    assert [one.value for one in block.placed if one.value.strip('"')] == []


def test_a_block_without_end_is_cut_and_says_so() -> None:
    block = place_block("1\n" * 5000, SLOTS)
    assert block.left[0].reason == "Chỉ đọc 2000 dòng đầu."
