"""A paper is laid beside a figure at the very moment somebody approves it: no approval covers what nobody saw.

Two guards stand between: who attaches locks the assessment as those do who approve, and an approval names the papers
that were on the screen. The controls take one of them away and show the damage.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from communes.actions import evidence, moving
from communes.actions.evidence import Beside, attach
from communes.actions.moving import Seen, StaleEvidence, move
from communes.models import Act, Assessment, Attachment, Evidence, Statement
from communes.queries.entry import item_of
from communes.queries.people import leads_of
from communes.rules.evidence import evidence_mark
from communes.rules.workflow import ActKind, Stage
from criteria.models import Measure
from tests.communes.test_concurrency import at_once
from tests.communes.test_rounds_at_once import in_background
from tests.makers import HEALTH_INSURANCE, TODAY, YEAR, Cast, make_cast, stated

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE, A_WHILE = 20, 0.7


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def verified(cast: Cast) -> Statement:
    return stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, until=Stage.VERIFIED)


@pytest.fixture
def paper(cast: Cast) -> Evidence:
    return Evidence.objects.create(
        unit=cast.ky_phu, kind="document", title="Danh sách thẻ", link="https://example.org/the", by=cast.lan,
        on=TODAY, at=timezone.now(),
    )  # fmt: skip


def lay(cast: Cast, paper: Evidence) -> object:
    measure = Measure.objects.get(code=HEALTH_INSURANCE)
    item = item_of(cast.ky_phu, leads_of(cast.district, TODAY).of(HEALTH_INSURANCE))
    beside = Beside(item, cast.ky_phu, measure, YEAR)
    return attach(by=cast.lan, standing=cast.standing(cast.lan), beside=beside, document=paper, on=TODAY)


def approve(cast: Cast, verified: Statement) -> object:
    """Mai approves what her page showed: a figure without any paper."""
    revision = Statement.objects.select_related("assessment", "by").get(pk=verified.pk)
    item = item_of(cast.ky_phu, leads_of(cast.district, TODAY).of(HEALTH_INSURANCE), revision)
    seen = Seen(verified.pk, evidence=evidence_mark([]))
    return move(act=ActKind.APPROVE, by=cast.mai, standing=cast.standing(cast.mai), item=item, seen=seen, on=TODAY)


def passes_for_approved(paper: Evidence) -> bool:
    """Whether the record says that an approval covers the paper: in its list, or there before it was done."""
    act = Act.objects.filter(kind=ActKind.APPROVE.value).first()
    row = Attachment.objects.filter(evidence=paper).first()
    if act is None or row is None:
        return False
    return row.pk in [pk for pk, _ in act.evidence or []] or row.at <= act.at


def race(
    cast: Cast, verified: Statement, paper: Evidence, monkeypatch: pytest.MonkeyPatch, waits: float = A_WHILE
) -> object:
    """Mai's approval has looked at the papers and has not written yet when Lan lays one more beside the figure. The
    approval waits until the paper is in the history, or for `waits` seconds where something holds the paper up."""
    looked, laid = Event(), Event()
    write, remember = moving._write, evidence.remember

    def slow(*args: Any, **given: Any) -> Any:
        looked.set()
        laid.wait(waits)
        return write(*args, **given)

    def remembered(*acts: Any) -> None:
        remember(*acts)
        laid.set()

    monkeypatch.setattr(moving, "_write", slow)
    monkeypatch.setattr(evidence, "remember", remembered)

    def lay_now() -> object:
        try:
            return lay(cast, paper)
        finally:
            laid.set()

    with ThreadPoolExecutor(2) as pool:
        approving = in_background(pool, lambda: approve(cast, verified))
        assert looked.wait(PATIENCE)
        laying = in_background(pool, lay_now)
        given = approving.result(PATIENCE)
        assert isinstance(laying.result(PATIENCE), Attachment)
    return given


def test_a_paper_that_comes_while_somebody_approves_counts_as_added_after_it(
    cast: Cast, verified: Statement, paper: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(race(cast, verified, paper, monkeypatch), Act)
    assert not passes_for_approved(paper)


def test_without_the_lock_the_two_block_each_other(
    cast: Cast, verified: Statement, paper: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control. On PostgreSQL the paper takes the lock of history first and then waits for the figure,
    which the approval holds while it waits for history: the database ends one of them. SQLite lets one writer in."""
    monkeypatch.setattr(
        "communes.actions.evidence._lock",
        lambda beside: Assessment.objects.get(unit=beside.unit, measure=beside.measure, year=beside.year),
    )
    if connection.vendor == "postgresql":
        with pytest.raises(OperationalError, match="deadlock"):
            race(cast, verified, paper, monkeypatch, waits=PATIENCE)
    else:
        race(cast, verified, paper, monkeypatch)


def test_at_the_same_moment_either_the_approval_is_refused_or_the_paper_comes_after_it(
    cast: Cast, verified: Statement, paper: Evidence
) -> None:
    given, laid = at_once([lambda: approve(cast, verified), lambda: lay(cast, paper)])
    assert isinstance(laid, Attachment)
    assert isinstance(given, Act | StaleEvidence), given
    assert not passes_for_approved(paper)


def test_without_the_papers_in_what_was_seen_an_approval_covers_one_that_nobody_saw(
    cast: Cast, verified: Statement, paper: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control, and its guard: the paper comes between looking and approving."""
    lay(cast, paper)
    with pytest.raises(StaleEvidence):
        approve(cast, verified)
    assert not passes_for_approved(paper)
    monkeypatch.setattr(moving, "evidence_mark", lambda papers: evidence_mark([]))
    approve(cast, verified)
    assert passes_for_approved(paper)
