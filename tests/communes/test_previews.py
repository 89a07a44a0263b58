"""Pictures of evidence: made in a child with limits, without what a photo tells about its maker, and kept."""

import io
import json
import subprocess
import sys
import time

import pytest
from PIL import Image

from communes.imports import previews, render_page
from communes.imports.previews import PreviewProblem, page_picture
from communes.rules.evidence import FileKind
from tests.corpus.files import laughing_pdf, turned_photo
from tests.corpus.parts import book, pdf, picture, png


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def on_disk(tmp_path):
    def put(content: bytes):
        path = tmp_path / "evidence"
        path.write_bytes(content)
        return path

    return put


def problem(*asked: object) -> str:
    with pytest.raises(PreviewProblem) as caught:
        page_picture(*asked)  # type: ignore[arg-type]
    return caught.value.sentence


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_page_of_a_pdf_is_a_jpeg_as_wide_as_the_pane(on_disk):
    made = opened(page_picture(on_disk(pdf(2)), FileKind.PDF, 2))
    assert (made.format, made.width) == ("JPEG", 1100)
    # The grey square of the page is there: it was drawn, not just measured.
    assert made.getpixel((200, 1557 - 200)) == (204, 204, 204)


def test_a_page_as_large_as_a_field_costs_no_more_than_another(on_disk):
    made = opened(page_picture(on_disk(pdf(box="0 0 14400000 14400000")), FileKind.PDF, 1))
    assert made.size == (1100, 1100)
    long = opened(page_picture(on_disk(pdf(box="0 0 100 9000")), FileKind.PDF, 1))
    assert long.height <= 3300


def test_a_photo_stands_upright_and_forgets_where_it_was_taken(on_disk):
    source = opened(turned_photo())
    assert source.size == (400, 200)
    assert source.getexif()
    assert source.info["comment"] == b"nha rieng"
    made = opened(page_picture(on_disk(turned_photo()), FileKind.JPEG, 1))
    assert made.size == (200, 400)
    assert not made.getexif()
    assert "comment" not in made.info


@pytest.mark.parametrize(("kind", "name"), [(FileKind.PNG, "PNG"), (FileKind.WEBP, "WEBP"), (FileKind.JPEG, "JPEG")])
def test_pictures_are_made_small_and_what_is_clear_becomes_white(on_disk, kind, name):
    clear = "#00000000" if name == "PNG" else "white"
    made = opened(page_picture(on_disk(picture(name, size=(2200, 1000), colour=clear)), kind, 1))
    assert made.size == (1100, 500)
    assert made.getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_is_made_once(on_disk, monkeypatch):
    path = on_disk(pdf())
    first = page_picture(path, FileKind.PDF, 1)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("asked the child again"))
    assert page_picture(path, FileKind.PDF, 1) == first


@pytest.mark.slow
def test_a_page_that_eats_all_memory_ends_with_a_sentence_and_is_not_tried_again_at_once(on_disk, monkeypatch):
    path = on_disk(laughing_pdf())
    begun = time.monotonic()
    assert "quá nặng" in problem(path, FileKind.PDF, 1)
    assert time.monotonic() - begun < previews.SECONDS + 5
    with monkeypatch.context() as closed:
        closed.setattr(subprocess, "run", lambda *_, **__: pytest.fail("asked the child again"))
        assert "quá nặng" in problem(path, FileKind.PDF, 1)
    monkeypatch.setattr(previews, "FAILED_FOR_SECONDS", 0)
    asked = []
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: asked.append(1) or subprocess.CompletedProcess([], 0, b"x"))
    assert page_picture(path, FileKind.PDF, 1) == b"x"
    assert asked


def test_a_child_that_takes_too_long_is_stopped(on_disk, monkeypatch):
    assert page_picture(on_disk(pdf(2)), FileKind.PDF, 1)
    monkeypatch.setattr(previews, "SECONDS", 0.01)
    assert "quá nặng" in problem(on_disk(pdf(2)), FileKind.PDF, 2)


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n%%EOF", pdf()[:200], b"x" * 5000], ids=["none", "ends", "half", "noise"]
)
def test_what_is_no_pdf_is_a_sentence(on_disk, content):
    assert "bị hỏng" in problem(on_disk(content), FileKind.PDF, 1)


def test_a_page_that_is_not_there_is_a_sentence_and_leaves_nothing_behind(on_disk, tmp_path):
    path = on_disk(pdf(2))
    for page in (0, -1, 3, 10**9):
        assert problem(path, FileKind.PDF, page) == "Tệp không có trang này."
    assert "không có trang này" in problem(on_disk(picture()), FileKind.JPEG, 2)
    assert [entry for entry in (tmp_path / "previews").rglob("*") if entry.is_file()] == []


def test_what_has_no_picture_says_so(on_disk, tmp_path):
    assert "Tệp Excel không có hình xem trước" in problem(on_disk(book()), FileKind.XLSX, 1)
    assert "Không đọc được tệp" in problem(tmp_path / "gone", FileKind.PDF, 1)


def test_the_name_of_a_kept_picture_is_nobodys_text(on_disk):
    with pytest.raises(ValueError, match="64 hexadecimal"):
        page_picture(on_disk(pdf()), FileKind.PDF, 1, sha256="../../etc")


def test_too_many_pixels_are_refused_before_they_are_unpacked(on_disk, monkeypatch):
    content = png(10_000, 10_000, whole=True)
    assert len(content) < 20_000
    assert "lớn quá mức" in problem(on_disk(content), FileKind.PNG, 1)
    # Without the guard the same 15 KB become 100 million pixels.
    monkeypatch.setattr(render_page, "MAX_PIXELS", 10**9)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    assert render_page.open_image(content).size == (10_000, 10_000)


def test_the_child_is_told_nothing_about_the_installation(on_disk, monkeypatch):
    monkeypatch.setenv("NTM_SECRET_KEY", "bí mật")
    monkeypatch.setenv("DATABASE_URL", "postgres://ntm:mat-khau@localhost/ntm")
    told = {}
    run = subprocess.run

    def listening(command, **how):
        told.update(how["env"], command=command)
        return run(command, **how)

    monkeypatch.setattr(subprocess, "run", listening)
    page_picture(on_disk(pdf()), FileKind.PDF, 1)
    assert "-I" in told["command"]
    assert not {"NTM_SECRET_KEY", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"} & set(told)


def test_the_child_knows_no_django_and_keeps_its_limits():
    code = (
        "import json, resource, runpy, sys; child = runpy.run_path(sys.argv[1]); child['limit']();"
        "print(json.dumps(['django' in sys.modules, resource.getrlimit(resource.RLIMIT_AS)[0],"
        " resource.getrlimit(resource.RLIMIT_CPU)[0], resource.getrlimit(resource.RLIMIT_FSIZE)[0]]))"
    )
    pytest.importorskip("resource")
    command = [sys.executable, "-I", "-c", code, str(previews.CHILD)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert json.loads(done.stdout) == [False, render_page.MEMORY, render_page.SECONDS, 0]


def test_every_word_of_the_child_has_its_sentence():
    words = {render_page.ENCRYPTED, render_page.DAMAGED, render_page.TOO_LARGE, render_page.NO_SUCH_PAGE}
    assert words == set(previews.SENTENCES)
