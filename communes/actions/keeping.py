"""Where bytes are kept (evidence, imported workbooks): in Django's default storage, by SHA-256, each content once.

A name says what must be inside, so a file may be written before anything speaks of it, and twice without harm.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage

from communes.models import EvidenceFile
from criteria.policies import Refused

FOLDER = "evidence"
CHUNK = 1024 * 1024


def place_of(sha256: str) -> str:
    """The name in the storage of what has this SHA-256."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


class NoRoom(Refused):
    """The disk took nothing: nobody's mistake, and nothing was kept."""


def sha256_of(content: BinaryIO) -> str:
    """SHA-256 of what is read from here to the end."""
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def keep(sha256: str, content: BinaryIO, *, name: str = "") -> str:
    """Put bytes at their place (that of evidence, or `name`); nothing is written where they are whole already. Returns
    the name; raises NoRoom where the disk takes nothing."""
    name = name or place_of(sha256)
    try:
        if state_of_file(name, sha256):
            content.seek(0)
            put(name, content)
    except OSError as problem:
        words = "Máy chủ chưa ghi được tệp (ổ đĩa có thể đã đầy). Báo quản trị hệ thống rồi thử lại."
        raise NoRoom(words) from problem
    return name


def put(name: str, content: BinaryIO) -> None:
    """Whole or not at all: a file beside it takes the name in one step, written through. Raises OSError."""
    try:
        final = default_storage.path(name)
    except NotImplementedError:
        # Not a disk of ours: such a storage shows a file only when it is whole.
        default_storage.save(name, File(content))
        return
    # A name of its own, so that what a full disk cut short can be taken away again and no other write with it.
    beside = f"{name}.{uuid4().hex}.part"
    try:
        part = default_storage.path(default_storage.save(beside, File(content)))
        _make_durable(part)
        os.replace(part, final)
    except OSError:
        with suppress(OSError):
            default_storage.delete(beside)
        raise


def keep_again(name: str, content: BinaryIO | None) -> None:
    """After the rows: the bytes may have been cleared away as orphans just before anything spoke of them."""
    if name and content is not None and not default_storage.exists(name):
        keep(name.rpartition("/")[2], content)


def _make_durable(path: str) -> None:
    """Written through, so that a power cut after the commit does not lose what a row speaks of."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def state_of_file(name: str, sha256: str) -> str:
    """What is wrong with a kept file: "thiếu", "bị đổi", or "" when it is whole."""
    if not default_storage.exists(name):
        return "thiếu"
    with default_storage.open(name) as kept:
        return "" if sha256_of(kept) == sha256 else "bị đổi"  # type: ignore[arg-type]


def orphans() -> list[str]:
    """Names of files of evidence that no row speaks of. One query."""
    known = set(EvidenceFile.objects.values_list("stored", flat=True))
    return [name for name in names_below(FOLDER) if name not in known]


def names_below(folder: str) -> Iterator[str]:
    """Names of all files of the storage in a folder and those below it ("" for everything)."""
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    above = f"{folder}/" if folder else ""
    yield from (f"{above}{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from names_below(f"{above}{name}")


def remove_orphans(names: Iterable[str], *, before: datetime) -> list[str]:
    """Delete files that no row speaks of still and that are older than a moment. Returns what was deleted."""
    removed = []
    for name in names:
        is_old = default_storage.get_modified_time(name) < before
        if is_old and not EvidenceFile.objects.filter(stored=name).exists():
            default_storage.delete(name)
            removed.append(name)
    return removed
