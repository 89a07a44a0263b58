"""A pasted column finds its communes; what is unclear is left with its reason, nothing is guessed."""

import pytest

from communes.rules.pasting import Place, bare_name, read_paste

PLACES = [Place("18769", "Kỳ Phú"), Place("18790", "Kỳ Châu"), Place("18800", "Kỳ Trung"), Place("18801", "Kỳ Đồng")]


def test_plain_values_go_down_the_table_and_an_empty_line_skips_one() -> None:
    found = read_paste("95\n\n96,5\n", PLACES)
    assert found.values == {"18769": "95", "18800": "96,5"}
    assert found.left == []


def test_a_column_starts_where_it_was_pasted_and_what_is_over_is_told() -> None:
    found = read_paste("1\n2\n3", PLACES, start="18800")
    assert found.values == {"18800": "1", "18801": "2"}
    assert [(line.number, line.text) for line in found.left] == [(3, "3")]
    assert "không còn xã" in found.left[0].reason


@pytest.mark.parametrize("name", ["Kỳ Đồng", "ky dong", "KỲ ĐỒNG", "Xã Kỳ Đồng", "xa ky dong", "18801", "  kỳ   đồng "])
def test_a_commune_is_known_by_name_without_accents_or_by_code(name: str) -> None:
    assert read_paste(f"{name}\t95", PLACES).values == {"18801": "95"}


def test_pairs_may_stand_in_any_order_with_a_running_number_before_them() -> None:
    found = read_paste("1\tKỳ Châu\t90\n2\tKỳ Phú\t\t7741/8777\nKỳ Trung | Đạt", PLACES)
    assert found.values == {"18790": "90", "18769": "7741/8777", "18800": "Đạt"}
    assert found.numbers == {"18790": 1, "18769": 2, "18800": 3}


def test_what_is_unclear_is_left_with_its_line_and_reason() -> None:
    found = read_paste("Xã\tKết quả\nKỳ Phú\t95\nKỳ Phú\t96\nKỳ Lạ\t1\nKỳ Châu\t\n97\t", PLACES)
    assert found.values == {"18769": "95"}
    assert [(line.number, line.reason) for line in found.left] == [
        (1, "Không nhận ra xã; ghi tên hoặc mã xã."),
        (3, "Xã này đã có ở dòng 2."),
        (4, "Không nhận ra xã; ghi tên hoặc mã xã."),
        (5, "Không có giá trị sau tên xã."),
        (6, "Không nhận ra xã; ghi tên hoặc mã xã."),
    ]


def test_a_name_that_fits_two_communes_without_accents_is_left_and_with_accents_found() -> None:
    places = [Place("18811", "Kỳ Tân"), Place("18812", "Kỳ Tấn")]
    found = read_paste("ky tan\t1\nKỳ Tấn\t2", places)
    assert found.values == {"18812": "2"}
    assert "khớp 2 xã" in found.left[0].reason


@pytest.mark.parametrize("text", ["", "\n\n", "  \t \n"])
def test_nothing_pasted_is_nothing_said(text: str) -> None:
    found = read_paste(text, PLACES)
    assert (found.values, found.left) == ({}, [])


def test_a_huge_block_is_cut_and_said_so() -> None:
    found = read_paste("Kỳ Phú\t1\n" * 5000, PLACES)
    assert found.values == {"18769": "1"}
    assert found.left[-1].reason == "Chỉ đọc 2000 dòng đầu."


def test_folding_drops_accents_case_and_the_kind_of_unit() -> None:
    assert bare_name("Thị trấn Kỳ  Đồng") == "ky dong"
    assert bare_name("Phường Hưng Trí") == "hung tri"
