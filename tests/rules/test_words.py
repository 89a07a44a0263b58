"""Words are compared without accents, case and marks, however they came in."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from criteria.rules.words import folded

TYPED = st.one_of(st.text(max_size=30), st.text(alphabet="đĐưỨạẶỗ ỳÝ.-–15Xa\u0301\u0323\u031b", max_size=30))


@given(TYPED)
@example("Kỳ Đồng")
@example("\u0345\u0301Đ\u0323")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(TYPED)
@example("Kỳ Đồng")
def test_letters_in_pieces_fold_as_composed_ones(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text)) == folded(text)


@given(TYPED)
def test_no_accent_no_capital_and_no_mark_is_left(text: str) -> None:
    left = folded(text)
    assert "đ" not in left and "Đ" not in left
    assert not [ch for ch in left if unicodedata.combining(ch) or not (ch.isalnum() or ch == " ")]
    assert left == " ".join(left.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kỳ Đồng", "ky dong"),
        ("KỲ  ĐỒNG\n", "ky dong"),
        ("15.1 – BHYT (%)", "15 1 bhyt"),
        ("Đơn vị tính:", "don vi tinh"),
        ("…", ""),
    ],
)
def test_what_people_write_for_one_name(text: str, words: str) -> None:
    assert folded(text) == words
