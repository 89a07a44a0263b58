"""What belongs to a backup: names, sizes, SHA-256, the state of the schema and the end of the chain of history.

Called by `making` and `restoring`. Everything a manifest says can be held against something: a digit that was altered
in it is noticed like one in the files.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = 1
FILES = "files"
CHUNK = 1024 * 1024
NAMED = re.compile(r"ntm-\d{8}-\d{6}")


class BackupProblem(Exception):
    """Why there is no backup, or no restoring from one, as a Vietnamese sentence."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a backup. `name` is its place in the backup (the database) or in the storage (all others)."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`migrations` are "app.name"; `history_number`, `history_hash` the last entry of the chain (0, "" where there is
    none); `lacking` are names of files the database speaks of that were missing or altered when the backup was made."""

    made_at: str
    engine: str
    database: Kept
    files: tuple[Kept, ...]
    migrations: tuple[str, ...]
    history_number: int
    history_hash: str
    lacking: tuple[str, ...]

    def write(self, folder: Path) -> None:
        text = json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1)
        with open(folder / MANIFEST, "x", encoding="utf-8") as file:
            file.write(text + "\n")
            make_durable(file.fileno())


def read_manifest(folder: Path) -> Manifest:
    """Raises BackupProblem where the folder is no backup of ours."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if said.pop("format") != FORMAT:
            raise BackupProblem(f"{folder}: bản sao lưu theo kiểu khác, phiên bản này không đọc được.")
        said["database"] = Kept(**said["database"])
        said["files"] = tuple(Kept(**kept) for kept in said["files"])
        for name in ("migrations", "lacking"):
            said[name] = tuple(said[name])
        return Manifest(**said)
    except FileNotFoundError as problem:
        raise BackupProblem(f"{folder} không phải thư mục sao lưu: thiếu {MANIFEST}.") from problem
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise BackupProblem(f"{folder}: {MANIFEST} bị hỏng hoặc không đọc được.") from problem


def newest_in(folder: Path, *, before: str = "") -> Path | None:
    """The newest backup in a folder, by its name; those that are not whole have no such name."""
    names = [path.name for path in folder.iterdir() if NAMED.fullmatch(path.name)] if folder.is_dir() else []
    earlier = [name for name in names if not before or name < before]
    return folder / max(earlier) if earlier else None


def copied(chunks: Iterable[bytes], target: Path, name: str) -> Kept:
    """Write chunks to a new file, through to the disk; what was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with open(target, "xb") as file:
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        make_durable(file.fileno())
    return Kept(name, size, digest.hexdigest())


def summed(path: Path, name: str) -> Kept:
    """Size and SHA-256 of a file that is there."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Kept(name, path.stat().st_size, digest.hexdigest())


def make_durable(descriptor: int) -> None:
    os.fsync(descriptor)
