"""A PDF is drawn by a child with limits that reads nothing but static files; whatever becomes of it is a sentence."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import pypdf
import pytest
from PIL import Image

from communes.exporters import draw_pdf
from communes.exporters import pdf as drawing
from reports.exporters import pdf
from tests.makers import make_cast, signed_in
from tests.reports import papers

HOSTILE = "=cmd|' /C calc'!A0\x0b <img src=http://127.0.0.1:9/x.png> <b>đậm</b> \u202eđảo\u202c " + "ă" * 60_000
LONG = "<p>dòng chữ</p>" * 1500


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(content)).pages)


def pictures_in(content: bytes) -> int:
    return sum(len(page.images) for page in pypdf.PdfReader(BytesIO(content)).pages)


# ---------- what it reads ----------


def test_a_paper_fetches_nothing_that_people_typed(pdf_engine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    allowed = draw_pdf.static_file
    monkeypatch.setattr(draw_pdf, "static_file", lambda url: asked.append(url) or allowed(url))
    monkeypatch.setattr(pdf, "draw", draw_pdf.draw)
    monkeypatch.setattr(pdf, "LONGEST_REMARK", 200)  # forty pages of it tell no more
    units = papers.communes(("=1+1", "@SUM(A1)", "+84\x0b", "-2", HOSTILE[:80]))
    page = papers.make_commune_page(remark=HOSTILE, units=units)
    whole = text_of(pdf.commune_pdf(page, made_on=papers.DAY, is_demo=True))
    assert "<img src=http://127.0.0.1:9/x.png>" in whole
    assert "trên hệ thống)" in whole
    assert asked
    assert all(url.startswith("file:") and "/static/fonts/" in url for url in asked)


def test_even_html_of_our_own_reaches_only_static_files(
    pdf_engine: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (8, 8), "red").save(secret)
    inline = "data:image/png;base64," + base64.b64encode(secret.read_bytes()).decode()
    html = f'<p>ở đây</p><img src="{secret.as_uri()}"><img src="http://127.0.0.1:9/a.png"><img src="{inline}">'
    made = draw_pdf.draw(html)
    assert "ở đây" in text_of(made) and pictures_in(made) == 0
    # The control: without the look at the address a file of this machine is in the paper.
    monkeypatch.setattr(draw_pdf, "static_file", lambda url: secret)
    assert pictures_in(draw_pdf.draw(html)) > 0


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "file:///etc/passwd", "data:text/plain,x", "ftp://a/b", "file://host/x", "",
     (draw_pdf.STATIC / ".." / "manage.py").as_posix(), f"file://{draw_pdf.STATIC}/../manage.py",
     f"file://{draw_pdf.STATIC}", f"file://{draw_pdf.STATIC}/%2e%2e/manage.py"],
)  # fmt: skip
def test_addresses_outside_the_static_files_are_refused(url: str) -> None:
    with pytest.raises(draw_pdf.RefusedAddress):
        draw_pdf.static_file(url)


def test_the_child_knows_nothing_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def run(command: list[str], **how: Any) -> subprocess.CompletedProcess[bytes]:
        asked.append(how["env"])
        return subprocess.CompletedProcess(command, 0, b"%PDF")

    for name in ("NTM_SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "NTM_DATA_DIR"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setattr(subprocess, "run", run)
    assert drawing.draw("<p>") == b"%PDF"
    assert "secret" not in asked[0].values()
    assert not Path(asked[0]["TMPDIR"]).exists(), "its folder is cleared whatever became of it"


# ---------- what becomes of it ----------


def why(html: str = LONG) -> str:
    with pytest.raises(drawing.PdfUnavailable) as caught:
        drawing.draw(html)
    return str(caught.value)


@pytest.mark.slow
def test_a_paper_that_takes_too_long_or_too_much_memory_is_a_sentence(
    pdf_engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hurried:
        hurried.setattr(drawing, "SECONDS", 0.3)
        assert "quá dài" in why()
    if draw_pdf.resource is not None and sys.platform == "linux":
        with monkeypatch.context() as narrow:
            narrow.setattr(drawing, "MEMORY", 100 * 1024 * 1024)
            assert why()
    assert text_of(drawing.draw(LONG)).count("dòng chữ") == 1500, "the control: the limits, and not the paper"


@pytest.mark.parametrize(
    ("code", "last_words", "sentence"),
    [(1, b"no-library\n", "thư viện tạo PDF"), (1, b"too-large\n", "quá dài"), (-9, b"", "quá dài"),
     (1, b"Traceback ...\nKeyError: 'x'\n", "báo quản trị viên")],
    ids=["no libraries", "no memory", "killed", "our mistake"],
)  # fmt: skip
def test_every_end_of_the_child_is_a_sentence(
    code: int, last_words: bytes, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.CompletedProcess([], code, b"", last_words)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    assert sentence in why()


def test_the_child_says_that_the_native_libraries_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str, *rest: Any, **options: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest, **options)

    real = __import__
    monkeypatch.setattr(draw_pdf, "limit", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["draw_pdf.py", "60", "1"])
    monkeypatch.setattr("builtins.__import__", broken)
    assert draw_pdf.main() == draw_pdf.NO_LIBRARY


def test_papers_are_drawn_one_at_a_time_and_who_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "TURN_SECONDS", 0.01)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, b"%PDF"))
    with drawing._TURN:
        assert "Chờ một phút" in why()
    assert drawing.draw("<p>") == b"%PDF"


def test_one_waits_while_one_is_drawn_and_the_third_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise one person pressing again and again holds every thread that serves people."""
    has_begun, may_end = Semaphore(0), Event()

    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[bytes]:
        has_begun.release()
        may_end.wait(10)
        return subprocess.CompletedProcess([], 0, b"%PDF")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(drawing, "TURN_SECONDS", 60)
    with ThreadPoolExecutor(2) as pool:
        drawn = [pool.submit(drawing.draw, "<p>") for _ in range(2)]
        has_begun.acquire()
        while drawing._PLACES._value:  # the second stands in line
            time.sleep(0.001)
        started = time.monotonic()
        try:
            assert "Chờ một phút" in why()
            assert time.monotonic() - started < 5, "it never waited for a turn"
        finally:
            may_end.set()
    assert [done.result() for done in drawn] == [b"%PDF"] * 2
    assert drawing.draw("<p>") == b"%PDF", "every place was given back"


def test_waiting_and_drawing_stay_below_the_half_minute_of_a_server() -> None:
    assert drawing.TURN_SECONDS + drawing.SECONDS < 30


@pytest.mark.django_db
def test_the_reader_gets_a_page_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], -9, b"", b""))
    client = signed_in(cast.tuan)
    for address in ("/nhat-ky/pdf/", "/ma-tran/pdf/"):
        response = client.get(address)
        assert response.status_code == 503
        assert "Thu hẹp nội dung, hoặc tải bản Excel." in response.content.decode()
