"""A change of base data that nobody expects is asked about, from a fifth on; one thing more or less never."""

from decimal import Decimal

import pytest

from communes.rules.base_data import improbable_change


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        ("1000", "1199", None),
        ("1000", "1200", "20"),
        ("1000", "1201", "20.1"),
        ("1000", "800", "-20"),
        ("1000", "801", None),
        ("3", "4", None),
        ("3", "5", "66.7"),
        ("0", "500", None),
        ("2300", "23000", "900"),
    ],
)
def test_just_below_exactly_and_just_above_a_fifth(before: str, after: str, percent: str | None) -> None:
    found = improbable_change(Decimal(before), Decimal(after))
    assert (None if found is None else round(found, 1)) == (None if percent is None else Decimal(percent))


def test_without_last_year_nothing_is_improbable() -> None:
    assert improbable_change(None, Decimal(5)) is None
    assert improbable_change(Decimal(5), None) is None
