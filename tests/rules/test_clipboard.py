"""What a spreadsheet puts on the clipboard is read the same wherever it is pasted."""

import pytest

from communes.rules.blocks import Slot, place_block
from communes.rules.clipboard import read_block, shown
from communes.rules.pasting import Place, read_paste


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1\t2\r\n3\t\r\n", [["1", "2"], ["3", ""]]),
        ("\n95\n\n", [[], ["95"]]),  # an empty first line keeps its place, empty last ones are none
        ('2.1\t"dòng một\ndòng  hai"\n2.2\t83', [["2.1", "dòng một dòng hai"], ["2.2", "83"]]),
        ('"nói ""đạt"" rồi"\t1', [['nói "đạt" rồi', "1"]]),
        ('ống 5"\t1\n2', [['ống 5"', "1"], ["2"]]),  # a quote without a partner swallows no lines
        ("", []),
        (" \t \n", []),
    ],
)
def test_tabs_part_cells_and_quotes_hold_a_cell_of_several_lines(text: str, rows: list[list[str]]) -> None:
    assert read_block(text) == (rows, [])


def test_what_is_too_much_is_not_read_and_said_so() -> None:
    rows, left = read_block("1\n" * 2001)
    assert len(rows) == 2000 and [line.reason for line in left] == ["Chỉ đọc 2000 dòng đầu."]
    assert read_block("1\n" * 2000 + "\n" * 50)[1] == []
    assert [line.reason for line in read_block("x" * 120_001)[1]] == ["Chỉ đọc 120000 ký tự đầu."]


def test_a_row_is_said_again_in_one_line() -> None:
    assert shown(["Kỳ Lạ", "", "1"]) == "Kỳ Lạ | 1"


def test_a_name_with_a_line_break_is_one_cell_in_a_table_as_in_a_sheet() -> None:
    assert read_paste('"Kỳ\nPhú"\t95\n', [Place("18769", "Kỳ Phú")]).values == {"18769": "95"}
    block = place_block('96\t"đã đo\nlại"\n', [Slot("xa.2.1", "2.1", "Đường xã")])
    assert [(one.value, one.remark) for one in block.placed] == [("96", "đã đo lại")]


def test_a_column_whose_first_cell_is_empty_leaves_the_first_commune_alone() -> None:
    places = [Place("18769", "Kỳ Phú"), Place("18790", "Kỳ Châu")]
    assert read_paste("\n95", places).values == {"18790": "95"}
