"""An import that is killed, and two at once, on both engines: nothing half done, nothing overwritten unseen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import HistoryEntry
from accounts.queries import history_break
from communes.models import Assessment, ImportBatch, Statement
from communes.rules.entry_columns import Column
from communes.rules.importing import ImportStage
from tests.communes.importing import apply, brought, fetch, filled, preview
from tests.makers import HEALTH_INSURANCE, Cast, make_cast, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
FIGURES = {HEALTH_INSURANCE: {Column.VALUE: 96}, "xa.1.1": {Column.VALUE: "Đạt"}, "xa.2.1": {Column.VALUE: 88.5}}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def database_address() -> str:
    """The database of this test, for another process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


def killed_half_way(batch: ImportBatch, cast: Cast, how: str) -> None:
    """Let another process apply the import, and end it with kill -9 in the middle of writing."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.communes.apply_in_child", str(batch.pk), str(cast.lan.pk), how],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "DATABASE_URL": database_address(), "NTM_DATA_DIR": str(settings.DATA_DIR)},
    )  # fmt: skip
    try:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "HALF"
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
def test_an_import_killed_in_the_middle_leaves_nothing_and_can_be_done_again(cast: Cast) -> None:
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    entries = HistoryEntry.objects.count()
    killed_half_way(batch, cast, "guarded")
    assert not Statement.objects.exists() and not Assessment.objects.exists()
    assert HistoryEntry.objects.count() == entries and history_break() is None
    assert ImportBatch.objects.get().stage == ImportStage.CHECKED.value
    assert apply(client, batch).status_code == 302
    assert Statement.objects.count() == 3


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
def test_without_the_transaction_the_same_kill_leaves_it_half_done(cast: Cast) -> None:
    """The positive control."""
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    killed_half_way(batch, cast, "bare")
    assert Statement.objects.count() == 3
    assert not Assessment.objects.exclude(current=None).exists(), "figures that no cell knows of"
    assert ImportBatch.objects.get().stage == ImportStage.APPLIED.value


def test_of_two_imports_at_once_one_wins_and_the_other_is_shown_its_preview_again(cast: Cast) -> None:
    clients = [signed_in(cast.lan), signed_in(cast.lan)]
    batches, seen = [], []
    for client, value in zip(clients, (91, 92), strict=True):
        batches.append(brought(client, filled(fetch(client), {**FIGURES, HEALTH_INSURANCE: {Column.VALUE: value}})))
        seen.append(preview(client, batches[-1]).found.fingerprint)
    gate = Barrier(2)

    def write(number: int) -> int:
        gate.wait()
        try:
            return apply(clients[number], batches[number], seen=seen[number]).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(write, range(2)))
    assert sorted(answers) == [302, 409]
    assert Statement.objects.count() == 3, "each cell once"
    winner = answers.index(302)
    assert Assessment.objects.get(measure__code=HEALTH_INSURANCE).current.value == str((91, 92)[winner])
    assert set(Assessment.objects.values_list("version", flat=True)) == {1}
    assert ImportBatch.objects.get(pk=batches[1 - winner].pk).stage == ImportStage.CHECKED.value


def test_many_imports_of_overlapping_cells_end_without_waiting_for_each_other_for_ever(cast: Cast) -> None:
    """Each in another order of rows: locks are taken in one order, so nobody holds what the other waits for."""
    people = [cast.lan, cast.tuan]
    cells = [dict(FIGURES), dict(reversed(FIGURES.items()))]
    batches = []
    for person, typed in zip(people, cells, strict=True):
        client = signed_in(person)
        batches.append((client, brought(client, filled(fetch(client, xa="ky-phu"), typed))))
    marks = [preview(client, batch).found.fingerprint for client, batch in batches]
    gate = Barrier(2)

    def write(number: int) -> int:
        gate.wait()
        try:
            return apply(*batches[number], seen=marks[number]).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(write, range(2)))
    assert sorted(answers) == [302, 409]
    assert Statement.objects.count() == 3
