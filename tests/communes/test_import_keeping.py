"""The file of an import before anything is written of it: who may not bring it, too large, a full disk, a file gone."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Notice
from communes.actions import importing as acts
from communes.actions import keeping
from communes.actions.importing import Overtaken
from communes.models import ImportBatch, Statement
from communes.rules.entry_columns import Column
from communes.views import import_batch, importing
from tests.communes.importing import apply, bring, brought, fetch, filled, preview, undo
from tests.communes.lists import TARGETS, book_of
from tests.makers import HEALTH_INSURANCE, Cast, make_cast, signed_in
from tests.papers import Shelf, make_shelf

pytestmark = pytest.mark.django_db
FIGURES = {HEALTH_INSURANCE: {Column.VALUE: 96}}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shelf:
    return make_shelf(monkeypatch, tmp_path / "kho")


def targets() -> bytes:
    return book_of(TARGETS, {"unit": "Kỳ Phú", "year": 2024, "tier": "nâng cao"})


def test_a_file_that_somebody_may_not_bring_leaves_no_byte(cast: Cast, shelf: Shelf) -> None:
    assert bring(signed_in(cast.lan), targets()).status_code == 422
    assert shelf.names == [] and not ImportBatch.objects.exists()


def test_where_nobody_asks_the_file_is_kept(cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control."""
    monkeypatch.setattr(acts, "why_not_bring", lambda *_: None)
    bring(signed_in(cast.lan), targets())
    assert len(shelf.names) == 1 and ImportBatch.objects.exists()


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("where", ["_make_durable", "os.replace"])
def test_a_full_disk_is_said_and_keeps_nothing(
    where: str, cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(cast.lan)
    content = filled(fetch(client), FIGURES)
    with monkeypatch.context() as patch:
        patch.setattr(f"communes.actions.keeping.{where}", full)
        answer = bring(client, content)
    assert answer.status_code == 507 and "ổ đĩa có thể đã đầy" in answer.content.decode()
    assert shelf.names == [] and not ImportBatch.objects.exists()
    assert bring(client, content).status_code == 302, "there is room again"
    assert len(shelf.names) == 1


def cut_short(content: bytes, sha256: str) -> str:
    """Half a file under the whole one's name, as a crash would leave it that was written straight to its place."""
    name = f"nhap-excel/{sha256[:2]}/{sha256}.xlsx"
    return default_storage.save(name, SimpleUploadedFile("x", content[: len(content) // 2]))


def test_half_a_file_under_its_name_is_written_anew(cast: Cast, shelf: Shelf) -> None:
    client = signed_in(cast.lan)
    content = filled(fetch(client), FIGURES)
    name = cut_short(content, keeping.sha256_of(SimpleUploadedFile("x", content).file))
    assert preview(client, brought(client, content)).clean == 1
    assert shelf.names == [name] and (shelf.folder / name).read_bytes() == content


def test_a_name_that_is_taken_would_be_believed(cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: who looks only whether the name is there keeps half a file for good."""
    client = signed_in(cast.lan)
    content = filled(fetch(client), FIGURES)
    name = cut_short(content, keeping.sha256_of(SimpleUploadedFile("x", content).file))
    monkeypatch.setattr(keeping, "state_of_file", lambda name, sha256: "")
    brought(client, content)
    assert (shelf.folder / name).read_bytes() != content


def test_a_write_that_is_killed_never_has_the_files_name(
    cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(cast.lan)
    content = filled(fetch(client), FIGURES)

    def killed(path: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "_make_durable", killed)
        with pytest.raises(KeyboardInterrupt):
            bring(client, content)
    assert [name.endswith(".part") for name in shelf.names] == [True]
    assert not ImportBatch.objects.exists()


def test_too_large_a_file_is_refused_by_its_size(cast: Cast, shelf: Shelf, settings: Any) -> None:
    settings.NTM_UPLOAD_MB = 1
    answer = bring(signed_in(cast.lan), b"PK" + b"x" * 1_200_000)
    assert answer.status_code == 413 and "Tệp lớn hơn 1 MB" in answer.content.decode()
    settings.NTM_UPLOAD_MB, settings.NTM_REQUEST_MB = 20, 1
    answer = bring(signed_in(cast.lan), b"PK" + b"x" * 1_200_000)
    assert answer.status_code == 413, "dropped with the whole request"
    assert shelf.names == [] and not ImportBatch.objects.exists()


def test_what_arrives_and_is_too_large_for_a_workbook_is_refused_as_well(
    cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MAX_BYTES", 1024 * 1024)
    answer = bring(signed_in(cast.lan), b"PK" + b"x" * 1_200_000)
    assert answer.status_code == 413 and "Tệp lớn hơn 1 MB" in answer.content.decode()
    assert shelf.names == []


def test_a_file_that_is_gone_when_it_has_to_be_shown_again_is_a_sentence(
    cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Overtaken while writing, and the file taken away just then: it is read again for the preview, and cannot be."""
    client = signed_in(cast.lan)
    batch = brought(client, filled(fetch(client), FIGURES))
    seen = preview(client, batch).found.fingerprint

    def overtaken(*_: object) -> int:
        default_storage.delete(shelf.names[0])
        raise Overtaken

    monkeypatch.setattr(import_batch, "_write", overtaken)
    answer = apply(client, batch, seen=seen)
    assert answer.status_code == 302 and not Statement.objects.exists()
    said = client.get(answer["Location"], follow=True).content.decode()
    assert "Không còn tệp “so-lieu.xlsx” trong kho lưu. Nạp lại tệp." in said


def test_a_commune_hears_once_a_day_that_files_were_brought_for_it(cast: Cast) -> None:
    """Each commune of its own, with the way to its sheet."""
    client = signed_in(cast.hoa)
    for value in (96, 97):
        brought_for_two = filled(
            filled(fetch(client), {HEALTH_INSURANCE: {Column.VALUE: value}}, unit="18769"),
            {HEALTH_INSURANCE: {Column.VALUE: value}}, unit="18790",
        )  # fmt: skip
        batch = brought(client, brought_for_two)
        assert apply(client, batch).status_code == 302
        undo(client, batch)
    told = {notice.person.username: notice for notice in Notice.objects.select_related("person")}
    assert set(told) == {"lan", "minh"}
    assert told["lan"].url == "/xa/ky-phu/danh-gia/" and told["minh"].url == "/xa/ky-chau/danh-gia/"
    assert told["lan"].sentence == "2 lần huyện nhập hộ xã Kỳ Phú từ tệp, chờ xã nhận"
    assert Notice.objects.filter(person=cast.lan).count() == 1
