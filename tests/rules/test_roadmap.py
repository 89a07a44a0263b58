"""What a roadmap adds up to, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.rules.roadmap import RUNGS, Aim, Aiming, Counts, Flaw, Minimum, Range, adds_up_to, concerns_of
from criteria.rules.vocabulary import Tier

NOW = 2023
STANDARD, ADVANCED, MODEL = RUNGS
FIELD = ("san_xuat",)


def unit(*aims: Aim, recognised: Tier = Tier.NONE, code: str = "1") -> Aiming:
    return Aiming(code, f"Xã {code}", recognised, aims)


def flaws(*units: Aiming, counts: Counts | None = None, minima: Sequence[Minimum] = ()) -> list[Flaw]:
    return [one.flaw for one in concerns_of(units, counts or {}, minima, NOW)]


GOOD = (Aim(2023, STANDARD), Aim(2024, ADVANCED), Aim(2025, MODEL, FIELD))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (unit(*GOOD), []),
        (unit(Aim(2023, STANDARD), Aim(2023, ADVANCED)), []),
        (unit(Aim(2024, ADVANCED), recognised=STANDARD), []),
        (unit(Aim(2023, STANDARD), Aim(2024, MODEL, FIELD)), [Flaw.ORDER]),
        (unit(Aim(2023, STANDARD), Aim(2024, MODEL, FIELD), Aim(2025, ADVANCED)), [Flaw.ORDER]),
        (unit(Aim(2024, STANDARD), Aim(2023, ADVANCED)), [Flaw.ORDER]),
        (unit(Aim(2024, MODEL), recognised=ADVANCED), [Flaw.NO_FIELD]),
        (unit(Aim(2022, ADVANCED), recognised=STANDARD), [Flaw.PASSED]),
        (unit(Aim(2022, ADVANCED), Aim(2024, ADVANCED), recognised=STANDARD), []),
        (unit(Aim(2022, ADVANCED), recognised=MODEL), []),
        (unit(), [Flaw.NO_TARGET]),
        (unit(recognised=STANDARD), []),
    ],
)
def test_what_is_wrong_with_one_commune(one: Aiming, expected: list[Flaw]) -> None:
    assert flaws(one) == expected


def test_a_year_with_fewer_communes_than_its_target_is_told_with_both_numbers() -> None:
    units = [unit(Aim(2023, STANDARD), code="1"), unit(Aim(2024, STANDARD), code="2")]
    found = concerns_of(units, {(2023, STANDARD): Range(2, 2)}, (), NOW)
    assert [one.flaw for one in found] == [Flaw.SHORT]
    assert "cộng được 1 xã đạt chuẩn" in found[0].sentence and "là 2" in found[0].sentence
    assert flaws(*units, counts={(2024, STANDARD): Range(1, 2)}) == []


def test_the_law_is_asked_in_the_year_the_district_shall_be_recognised() -> None:
    units = [unit(Aim(2023, STANDARD), code="1"), unit(Aim(2024, STANDARD), code="2")]
    minimum = Minimum(2023, STANDARD, 2)
    assert flaws(*units, minima=[minimum]) == [Flaw.BELOW_LAW]
    assert flaws(*units, minima=[minimum], counts={(2023, STANDARD): Range(1, 1)}) == [Flaw.BELOW_LAW] * 2
    assert flaws(*units, minima=[Minimum(2024, STANDARD, 2)]) == []


aims = st.builds(Aim, st.integers(2021, 2027), st.sampled_from(RUNGS), st.sampled_from([(), FIELD]))
plans = st.lists(
    st.builds(
        Aiming, st.text("0123456789", min_size=1, max_size=5), st.just("Xã"), st.sampled_from(Tier),
        st.lists(aims, max_size=4).map(tuple),
    ),
    max_size=12,
)  # fmt: skip


@given(plans, st.integers(2021, 2027))
def test_tiers_and_years_are_cumulative(units: list[Aiming], year: int) -> None:
    low, middle, high = (adds_up_to(units, year, tier) for tier in RUNGS)
    assert high <= middle <= low <= len(units)
    assert all(adds_up_to(units, year, tier) <= adds_up_to(units, year + 1, tier) for tier in RUNGS)


@given(plans)
def test_every_concern_names_a_unit_or_a_year_that_is_there(units: list[Aiming]) -> None:
    counts = {(2024, ADVANCED): Range(3, 4)}
    for one in concerns_of(units, counts, [Minimum(2024, STANDARD, 5)], NOW):
        assert one.unit in {unit.code for unit in units} or one.year == 2024
        assert one.sentence.endswith(".")


@given(plans)
def test_who_is_recognised_for_everything_is_never_complained_of(units: list[Aiming]) -> None:
    done = [Aiming(one.code, one.name, MODEL, one.aims) for one in units]
    assert flaws(*done) == []


def test_the_districts_own_year_that_passed_is_told() -> None:
    own = Aiming("447", "Huyện Kỳ Anh", Tier.NONE, (Aim(2022, STANDARD),))
    assert [one.flaw for one in concerns_of([], {}, (), NOW, own)] == [Flaw.PASSED]
    assert concerns_of([], {}, (), NOW, Aiming("447", "Huyện Kỳ Anh", STANDARD, own.aims)) == ()
