"""Two people plan at once: they cannot close a circle together, and a chain is generated once.

Every act takes the lock of the district's row before it reads. The control takes the lock away and shows the damage.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection

from criteria.policies import Refused
from criteria.rules.vocabulary import Tier
from plans.actions import linking
from plans.actions.generating import generate
from plans.actions.planning import put_links
from plans.models import Task, TaskLink
from plans.queries.network import rows_of, rule_link, rule_task
from plans.rules.network import flaws_of
from tests.communes.test_concurrency import at_once
from tests.makers import YEAR, Cast, make_cast
from tests.plans.planning import acting, planned, waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def close_a_circle(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Tuấn lets A wait for B while Mai lets B wait for A; each has looked at the network before the other is done."""
    a, b = planned(cast, "Quy hoạch"), planned(cast, "Giải phóng mặt bằng")
    both_looked = Barrier(2, timeout=1.5)
    look = linking.check_network

    def slow(district: Any) -> None:
        look(district)
        with suppress(BrokenBarrierError):  # the other one waits for the lock: that is the point
            both_looked.wait()

    monkeypatch.setattr("plans.actions.planning.check_network", slow)

    def link(person: Any, task: Task, before: Task) -> object:
        return put_links(**acting(cast, person), task=task, seen_version=1, links=waits(before))

    return at_once([lambda: link(cast.tuan, a, b), lambda: link(cast.mai, b, a)])


def is_broken(cast: Cast) -> bool:
    rows = rows_of(cast.district)
    return bool(flaws_of([rule_task(task) for task in rows.tasks], map(rule_link, rows.links)))


def test_two_officers_cannot_close_a_circle_together(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    results = close_a_circle(cast, monkeypatch)
    refused = [result for result in results if isinstance(result, Refused)]
    assert len(refused) == 1 and "vòng tròn" in str(refused[0])
    assert TaskLink.objects.count() == 1 and not is_broken(cast)


def test_without_the_lock_they_close_it(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    """The positive control. SQLite lets one writer in at a time anyway; PostgreSQL needs the lock."""
    monkeypatch.setattr(linking, "hold_plan", lambda district: None)
    close_a_circle(cast, monkeypatch)
    assert is_broken(cast) == (connection.vendor == "postgresql")


def test_a_chain_generated_by_two_at_once_is_there_once(cast: Cast):
    def make(person: Any) -> int:
        return generate(**acting(cast, person), unit=cast.ky_phu, tier=Tier.STANDARD, year=YEAR).made

    made = at_once([lambda: make(cast.tuan), lambda: make(cast.lan)])
    assert sorted(made)[0] == 0 and Task.objects.count() == sum(made)
