"""Files of papers on disk: the same bytes once, nothing half done, what is missing and what nobody speaks of."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from accounts.models import HistoryEntry
from communes.actions import evidence as acts
from communes.actions import keeping
from communes.models import Assessment, Attachment, Evidence, EvidenceFile
from communes.policies import Refused
from tests.makers import TODAY, Cast, make_cast
from tests.papers import Shelf, attached, make_shelf, picture

pytestmark = pytest.mark.django_db
BHYT = "bhyt"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shelf:
    return make_shelf(monkeypatch, tmp_path / "files")


def who(cast: Cast, person) -> dict[str, object]:
    return {"by": person, "standing": cast.standing(person), "on": TODAY}


def test_the_same_bytes_are_kept_once(cast: Cast, shelf: Shelf) -> None:
    attached(cast, BHYT, by=cast.lan)
    attached(cast, "xa.17.1.a", by=cast.lan)
    sha256 = hashlib.sha256(picture()).hexdigest()
    assert shelf.names == [f"evidence/{sha256[:2]}/{sha256}"] and EvidenceFile.objects.count() == 2


def test_a_full_disk_leaves_nothing_half_done(cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(default_storage._wrapped, "save", full)
        with pytest.raises(Refused, match="ổ đĩa"):
            attached(cast, BHYT, by=cast.lan)
    assert not Evidence.objects.exists() and not Assessment.objects.exists()
    assert not HistoryEntry.objects.filter(act__startswith="evidence").exists()
    attached(cast, BHYT, by=cast.lan)


def test_a_failing_transaction_leaves_only_bytes_that_nobody_speaks_of(
    cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(acts, "remember", killed)
        with pytest.raises(KeyboardInterrupt):
            attached(cast, BHYT, by=cast.lan)
    assert not Evidence.objects.exists() and not Attachment.objects.exists() and len(shelf.names) == 1
    with pytest.raises(CommandError):
        call_command("check_evidence")
    assert "không ai dùng: evidence/" in capsys.readouterr().out
    attached(cast, BHYT, by=cast.lan)
    call_command("check_evidence")
    assert len(shelf.names) == 1


def test_a_write_that_was_cut_short_never_has_the_files_name(
    cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(path: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "_make_durable", cut)
        with pytest.raises(KeyboardInterrupt):
            attached(cast, BHYT, by=cast.lan)
    assert all(name.endswith(".part") for name in shelf.names)
    attached(cast, BHYT, by=cast.lan)
    assert any(not name.endswith(".part") for name in shelf.names)


def test_bytes_that_rotted_are_written_anew_by_the_next_upload(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    (shelf.folder / row.evidence.files.get().stored.name).write_bytes(b"rotten")
    with pytest.raises(CommandError, match="1 tệp thiếu hoặc bị đổi"):
        call_command("check_evidence")
    attached(cast, "xa.17.1.a", by=cast.lan)
    call_command("check_evidence")


def test_the_check_finds_what_is_missing_and_removes_only_old_orphans(
    cast: Cast, shelf: Shelf, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    path = shelf.folder / row.evidence.files.get().stored.name
    path.rename(path.with_name("f" * 64))
    with pytest.raises(CommandError) as failed:
        call_command("check_evidence", "--remove-orphans")
    assert failed.value.returncode == 1 and path.with_name("f" * 64).exists(), "too young to be an orphan for sure"
    out = capsys.readouterr().out
    assert "thiếu: evidence/" in out and "Xã Kỳ Phú" in out
    monkeypatch.setattr("communes.management.commands.check_evidence.timedelta", lambda days: timedelta(days=-days))
    with pytest.raises(CommandError):
        call_command("check_evidence", "--remove-orphans")
    assert shelf.names == []


def test_bytes_cleared_away_in_between_are_put_back(cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """An orphan of the same content, removed just after the upload found it whole."""
    keep = keeping.keep

    def keep_and_lose(sha256: str, content) -> str:
        name = keep(sha256, content)
        default_storage.delete(name)
        return name

    with monkeypatch.context() as patch:
        patch.setattr(acts, "keep", keep_and_lose)
        row = attached(cast, BHYT, by=cast.lan)
    assert shelf.names == [row.evidence.files.get().stored.name]
