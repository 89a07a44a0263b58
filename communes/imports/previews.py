"""Pictures of pages of evidence, made by a child process with limits and kept on disk.

Called by views (`page_picture`) and by `files` (`count_pages`). What must stay true: no PDF and no picture that
somebody brought is opened in a process that serves people; a document that crashes, hangs or eats memory is a
PreviewProblem with its sentence, and is not tried again at once. The kept pictures can be thrown away at any time.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from django.conf import settings

from communes.rules.evidence import FileKind

CHILD = Path(__file__).with_name("render_page.py")
# Wall clock; the child's own limit counts only the time it computes.
SECONDS = 25
FAILED_FOR_SECONDS = 600

BROKEN = "Không mở được: tệp bị hỏng hoặc dựng sai. Mở thử trên máy, lưu hoặc quét lại rồi tải lên."
TOO_HEAVY = {
    "look": "Tệp quá nặng, không kiểm tra xong. In lại thành PDF, quét ở 200 dpi hoặc tách nhỏ rồi tải lên.",
    "picture": "Trang quá nặng để dựng hình trên máy chủ. Tải tệp về để xem.",
}
NO_SUCH_PAGE = "no-such-page"
SENTENCES = {
    "encrypted": "PDF được đặt mật khẩu. Bỏ mật khẩu (in lại thành PDF) rồi tải lên.",
    "damaged": BROKEN,
    "too-large": "Trang hoặc ảnh lớn quá mức xử lý được. Quét lại ở 300 dpi hoặc thu nhỏ ảnh rồi tải lên.",
    NO_SUCH_PAGE: "Tệp không có trang này.",
}
# What the child needs of the parent's surroundings; keys and addresses of the installation are none of it.
_PASSED_ON = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TEMP", "TMP")


class PreviewProblem(Exception):
    """Why there is no picture, as a Vietnamese sentence. `why` is the child's last word, "" where it said none."""

    def __init__(self, sentence: str, why: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.why = why


def page_picture(path: str | Path, kind: FileKind, page: int, *, sha256: str = "") -> bytes:
    """A JPEG, at most 1,100 px wide, of `page` (from 1) of the file at `path`; without place and camera of a photo.

    From disk where it was made before: pass the file's `sha256` where it is known, otherwise it is worked out.
    Raises PreviewProblem (also for kinds without preview, a missing file, a page that does not exist).
    """
    if not kind.has_preview:
        raise PreviewProblem(f"Tệp {kind.label} không có hình xem trước. Tải tệp về để xem.")
    if page < 1:
        raise PreviewProblem(SENTENCES[NO_SUCH_PAGE], NO_SUCH_PAGE)
    try:
        with open(path, "rb") as file:
            kept = _folder(sha256 or hashlib.file_digest(file, "sha256").hexdigest()) / f"{page}.jpg"
            return _kept(kept) or _keep(kept, file, kind, page)
    except OSError as problem:
        raise PreviewProblem("Không đọc được tệp trên máy chủ. Báo cho Văn phòng điều phối.") from problem


def count_pages(file: BinaryIO, kind: FileKind) -> int:
    """How many pages the PDF has; 1 for a picture, which is decoded to the end. Raises PreviewProblem."""
    answer = _ask_child("look", kind, 1, file)
    if not answer.isdigit():
        raise PreviewProblem(BROKEN)
    return int(answer)


def _folder(sha256: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("sha256 is 64 hexadecimal digits")
    return Path(settings.DATA_DIR) / "previews" / sha256


def _kept(picture: Path) -> bytes | None:
    """What was made before; raises what failed before, for a while."""
    if picture.exists():
        return picture.read_bytes()
    failed = picture.with_suffix(".txt")
    if failed.exists() and time.time() - failed.stat().st_mtime < FAILED_FOR_SECONDS:
        raise PreviewProblem(failed.read_text(encoding="utf-8"))
    return None


def _keep(picture: Path, file: BinaryIO, kind: FileKind, page: int) -> bytes:
    picture.parent.mkdir(parents=True, exist_ok=True)
    try:
        made = _ask_child("picture", kind, page, file)
    except PreviewProblem as problem:
        if problem.why != NO_SUCH_PAGE:  # anybody can ask for any number
            _write(picture.with_suffix(".txt"), problem.sentence.encode())
        raise
    _write(picture, made)
    return made


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: two people may open the same page at once."""
    with NamedTemporaryFile(dir=path.parent, delete=False) as half:
        half.write(content)
    os.replace(half.name, path)


def _ask_child(job: str, kind: FileKind, page: int, file: BinaryIO) -> bytes:
    file.seek(0)
    command = [sys.executable, "-I", str(CHILD), job, "pdf" if kind is FileKind.PDF else "image", str(page)]
    surroundings = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            command, input=file.read(), capture_output=True, timeout=SECONDS, env=surroundings, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise PreviewProblem(TOO_HEAVY[job]) from problem
    if done.returncode:
        why = done.stderr.decode(errors="replace").rstrip().rpartition("\n")[2]
        # A signal (negative) is a crash or the limit of time or memory.
        raise PreviewProblem(SENTENCES.get(why, TOO_HEAVY[job] if done.returncode < 0 else BROKEN), why)
    return done.stdout
