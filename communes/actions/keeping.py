"""Where bytes of evidence are kept: in Django's default storage, named by their SHA-256, each content once.

A name says what must be inside, so a file may be written before anything speaks of it, and twice without harm.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage

from communes.models import EvidenceFile
from criteria.policies import Refused

FOLDER = "evidence"
CHUNK = 1024 * 1024


def place_of(sha256: str) -> str:
    """The name in the storage of what has this SHA-256."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def sha256_of(content: BinaryIO) -> str:
    """SHA-256 of what is read from here to the end."""
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def is_whole(name: str) -> bool:
    """Whether the file of this name is there and holds what the name says."""
    if not default_storage.exists(name):
        return False
    with default_storage.open(name) as kept:
        return sha256_of(kept) == name.rpartition("/")[2]  # type: ignore[arg-type]


def keep(sha256: str, content: BinaryIO) -> str:
    """Put bytes at their place, by a file beside it that takes the name in one step; nothing is written where they are
    whole already. Returns the name; raises Refused where the disk takes nothing."""
    name = place_of(sha256)
    try:
        if not is_whole(name):
            content.seek(0)
            _write(name, content)
    except OSError as problem:
        words = "Máy chủ chưa ghi được tệp (ổ đĩa có thể đã đầy). Báo quản trị hệ thống rồi thử lại."
        raise Refused(words) from problem
    return name


def _write(name: str, content: BinaryIO) -> None:
    try:
        final = default_storage.path(name)
    except NotImplementedError:
        # Not a disk of ours: such a storage shows a file only when it is whole.
        default_storage.save(name, File(content))
        return
    part = default_storage.path(default_storage.save(f"{name}.part", File(content)))
    _make_durable(part)
    os.replace(part, final)


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
    return [name for name in _names_below(FOLDER) if name not in known]


def _names_below(folder: str) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from _names_below(f"{folder}/{name}")


def remove_orphans(names: Iterable[str], *, before: datetime) -> list[str]:
    """Delete files that no row speaks of still and that are older than a moment. Returns what was deleted."""
    removed = []
    for name in names:
        is_old = default_storage.get_modified_time(name) < before
        if is_old and not EvidenceFile.objects.filter(stored=name).exists():
            default_storage.delete(name)
            removed.append(name)
    return removed
