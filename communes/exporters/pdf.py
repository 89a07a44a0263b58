"""How a PDF is drawn, and the frame of an official paper, for every floor that prints.

Drawing happens in a child process with limits (`draw_pdf`), never in one that serves people: starting it takes less
than a second of two to five. The child reads nothing but the project's own static files: no address, no other file of
this machine. The frame (`templates/reports/pdf/_paper.html`) asks a paper for the fields of `Paper` and nothing else.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Any

from django.template.loader import render_to_string

from communes.models import Unit
from criteria.rules.numbers import clean_text

DEMO_MARK = "SỐ LIỆU MINH HỌA"
COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


CHILD = Path(__file__).with_name("draw_pdf.py")
# Wall clock and computing time; a list of 500 lines computes for five seconds. With the turn it stays below the half
# minute after which a server may take its process for dead.
SECONDS = 25
MEMORY = 1024 * 1024 * 1024
# In each process that serves people one paper is drawn and one waits for its turn; everybody else, and who waits
# longer than this, is told so: whoever presses eight times must not hold all threads.
TURN_SECONDS = 3
_PLACES = BoundedSemaphore(2)
_TURN = BoundedSemaphore()
# What the child needs of the parent's surroundings (HOME keeps the list of fonts); keys and addresses are none of it.
_PASSED_ON = (
    "PATH", "HOME", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "WEASYPRINT_DLL_DIRECTORIES",
    "FONTCONFIG_PATH", "FONTCONFIG_FILE", "XDG_CACHE_HOME", "XDG_DATA_DIRS",
)  # fmt: skip
TOO_LONG = "Bản in quá dài hoặc quá nặng, máy chủ không dựng xong. Thu hẹp nội dung, hoặc tải bản Excel."
FAILED = "Máy chủ chưa dựng được bản in này. Hãy tải bản Excel và báo quản trị viên."
BUSY = "Máy chủ đang dựng bản in khác. Chờ một phút rồi thử lại, hoặc tải bản Excel."
NO_ROOM = "Máy chủ chưa dựng được bản in (ổ đĩa có thể đã đầy). Hãy tải bản Excel và báo quản trị viên."
SENTENCES = {
    "no-library": "Máy chủ chưa có thư viện tạo PDF (pango). Hãy tải bản Excel, hoặc báo quản trị viên cài thêm.",
    "too-large": TOO_LONG,
}
log = logging.getLogger(__name__)


class PdfUnavailable(RuntimeError):
    """Why there is no PDF (no libraries, too long, too heavy): a Vietnamese sentence for the reader (503)."""


@dataclass(frozen=True)
class Paper:
    """One official paper after Nghị định 30/2020/NĐ-CP, annex I. `unit` issues it; `subject` is its abstract without a
    full stop; `standing_words` says in one sentence what is shown and of which day; `foot_line` the same in short."""

    unit: Unit
    subject: str
    day: date
    is_demo: bool
    standing_words: str
    foot_line: str
    recipients: tuple[str, ...]
    kind: str = "BÁO CÁO"
    signer: str = "CHỦ TỊCH"

    @property
    def issuing_body(self) -> tuple[str, str]:
        """A People's Committee writes only its own name, on two lines."""
        return "ỦY BAN NHÂN DÂN", clean_text(self.unit.full_name).upper()

    @property
    def place_and_day(self) -> str:
        return f"{clean_text(self.unit.name)}, {day_in_words(self.day)}"


def day_in_words(day: date) -> str:
    """ "ngày 05 tháng 02 năm 2022": days under 10 and the months 1 and 2 carry a zero (Nghị định 30/2020/NĐ-CP)."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def draw_paper(template: str, paper: Paper, context: Mapping[str, Any]) -> bytes:
    """A template that extends the frame of official papers, as PDF. Raises PdfUnavailable."""
    fixed = {"document": paper, "country": COUNTRY, "motto": MOTTO, "demo_mark": DEMO_MARK}
    return draw(render_to_string(template, {**context, **fixed}))


def draw(html: str) -> bytes:
    """HTML to a tagged PDF with embedded fonts, in the styles of official papers, drawn by a child process. Whatever
    the HTML asks for from elsewhere is left out. Raises PdfUnavailable, whatever became of the child."""
    with _turn():
        try:
            # A child that is killed cannot clear its own folder.
            with TemporaryDirectory(prefix="ntm-pdf-") as own:
                return _ask_child(html, own)
        except OSError as problem:
            raise PdfUnavailable(NO_ROOM) from problem


@contextmanager
def _turn() -> Iterator[None]:
    """While one draws; raises PdfUnavailable for who would wait as the second, or waits too long."""
    if not _PLACES.acquire(blocking=False):
        raise PdfUnavailable(BUSY)
    try:
        if not _TURN.acquire(timeout=TURN_SECONDS):
            raise PdfUnavailable(BUSY)
        try:
            yield
        finally:
            _TURN.release()
    finally:
        _PLACES.release()


def _ask_child(html: str, own: str) -> bytes:
    command = [sys.executable, "-I", str(CHILD), str(max(1, int(SECONDS))), str(MEMORY)]
    surroundings = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    surroundings |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), own)
    try:
        done = subprocess.run(
            command, input=html.encode(), capture_output=True, timeout=SECONDS, env=surroundings, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise PdfUnavailable(TOO_LONG) from problem
    if done.returncode:
        said = done.stderr.decode(errors="replace").rstrip()
        log.error("no PDF, the child ended with %s: %s", done.returncode, said[-1000:])
        # A signal (negative) is a crash or the limit of time.
        why = said.rpartition("\n")[2]
        raise PdfUnavailable(SENTENCES.get(why, TOO_LONG if done.returncode < 0 else FAILED))
    return done.stdout
