"""Two people on one figure, a department and a commune on one cell: nothing is replaced unseen, on both engines."""

from __future__ import annotations

from decimal import Decimal
from threading import Barrier

import pytest
from django.db import transaction

from accounts.queries import history_break
from communes.actions import base_data
from communes.actions.base_data import FigureEntry, StaleFigures, save_base_figures
from communes.actions.prefilling import prefill_value
from communes.actions.stating import Entry, Stale, save_value
from communes.models import Assessment, BaseFigure, Statement
from communes.queries.entry import item_of
from communes.queries.people import leads_of
from criteria.models import Measure
from tests.communes.test_concurrency import at_once
from tests.makers import HEALTH_INSURANCE, TODAY, YEAR, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 4


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def state(cast: Cast, number: int) -> object:
    try:
        return save_base_figures(
            by=cast.lan, standing=cast.standing(cast.lan), unit=cast.ky_phu, year=YEAR,
            entries=[FigureEntry("households", Decimal(2000 + number))], on=TODAY,
        )  # fmt: skip
    except StaleFigures as stale:
        return stale


def test_of_many_who_saw_no_figure_one_saves_and_the_others_are_shown_it(cast: Cast) -> None:
    given = at_once([lambda n=n: state(cast, n) for n in range(WRITERS)])
    assert sum(isinstance(one, StaleFigures) for one in given) == WRITERS - 1
    assert BaseFigure.objects.count() == 1
    assert history_break() is None


def test_without_the_look_the_same_race_replaces_unseen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: who compares with what was read before the race compares with nothing."""
    monkeypatch.setattr(base_data, "figures_in_full", lambda *_: {})
    at_once([lambda n=n: state(cast, n) for n in range(WRITERS)])
    assert BaseFigure.objects.count() == WRITERS


def fill_in(cast: Cast) -> object:
    measure = Measure.objects.get(code=HEALTH_INSURANCE)
    item = item_of(cast.ky_phu, leads_of(cast.district, TODAY).of(HEALTH_INSURANCE))
    return prefill_value(
        by=cast.hoa, standing=cast.standing(cast.hoa), item=item, unit=cast.ky_phu, measure=measure, year=YEAR,
        seen_version=0, entry=Entry(Decimal(95)), url="/xa/ky-phu/danh-gia/", on=TODAY,
    )  # fmt: skip


def type_oneself(cast: Cast) -> object:
    measure = Measure.objects.get(code=HEALTH_INSURANCE)
    item = item_of(cast.ky_phu, leads_of(cast.district, TODAY).of(HEALTH_INSURANCE))
    return save_value(
        by=cast.lan, standing=cast.standing(cast.lan), item=item, unit=cast.ky_phu, measure=measure, year=YEAR,
        seen_version=0, entry=Entry(Decimal(81)), on=TODAY,
    )  # fmt: skip


def test_a_department_and_the_commune_at_one_moment_one_is_told_of_the_other(cast: Cast) -> None:
    given = at_once([lambda: fill_in(cast), lambda: type_oneself(cast)])
    assert sum(isinstance(one, Stale) for one in given) == 1
    assert Statement.objects.count() == 1
    assert Assessment.objects.get().version == 1


def test_the_race_is_real_where_only_the_stage_is_looked_at(cast: Cast) -> None:
    """The positive control: both find the cell free before either writes; only the version keeps them apart."""
    gate = Barrier(2)

    def careless(value: int) -> bool:
        with transaction.atomic():
            is_free = not Statement.objects.exists()
        gate.wait()
        return is_free

    assert at_once([lambda: careless(95), lambda: careless(81)]) == [True, True]
