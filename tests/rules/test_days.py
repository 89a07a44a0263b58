"""A day as people here write it, by one rule for every form and address."""

from __future__ import annotations

from datetime import date

import pytest

from criteria.rules.days import DayProblem, day_text, parse_day

APRIL = date(2022, 4, 1)


@pytest.mark.parametrize(
    "text",
    [
        "1/4/2022", "01/04/2022", "01-04-2022", "1.4.2022", "1,4,2022", " 1 / 4 / 2022 ", "1 4 2022", "01042022",
        "2022-04-01",
    ],  # fmt: skip
)
def test_the_usual_ways_to_write_a_day_are_understood(text: str) -> None:
    assert parse_day(text) == APRIL


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Chưa ghi ngày."),
        ("31/02/2022", "Không có ngày “31/02/2022”."),
        ("4/13/2022", "Không có ngày “4/13/2022”."),
        ("1/4/22", "“1/4/22” không phải là ngày."),
        ("hôm qua", "“hôm qua” không phải là ngày."),
        ("1/4-2022", "không phải là ngày."),
        ("٠١/٠٤/٢٠٢٢", "không phải là ngày."),
        ("1/4/2022; DROP", "không phải là ngày."),
        ("0000-01-01", "Không có ngày"),
        ("9" * 5000, "không phải là ngày."),
    ],
)
def test_what_is_no_day_is_said_with_an_example(text: str, sentence: str) -> None:
    with pytest.raises(DayProblem) as problem:
        parse_day(text)
    assert sentence in str(problem.value) and "ví dụ 01/04/2022" in str(problem.value)
    assert len(str(problem.value)) < 120


def test_a_field_shows_the_day_in_full_and_keeps_what_is_none() -> None:
    assert (day_text(APRIL), day_text("2022-04-01"), day_text("1/4/2022")) == ("01/04/2022",) * 3
    assert (day_text("31/02/2022"), day_text(""), day_text(None)) == ("31/02/2022", "", "")
