"""Files brought as evidence: what is kept, under which name, and the sentence that refuses the others."""

import hashlib
import io
import re
import time
import unicodedata
from pathlib import PurePosixPath

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from communes.imports import archives, files
from communes.imports.files import FileProblem, check_file
from communes.rules.evidence import CheckedFile, FileKind
from communes.rules.file_names import LONGEST_NAME, brought_name
from tests.corpus import make
from tests.corpus.files import BAD_FILES, GOOD_FILES, NAMES
from tests.corpus.parts import Case, pdf, picture, word_parts, zipped

PATIENCE = 20
ENDINGS = {".pdf": FileKind.PDF, ".jpg": FileKind.JPEG, ".png": FileKind.PNG, ".webp": FileKind.WEBP}
ENDINGS |= {".docx": FileKind.DOCX, ".xlsx": FileKind.XLSX}


def check(content: bytes, name: str = "tệp.pdf") -> CheckedFile:
    return check_file(io.BytesIO(content), name)


def refusal(content: bytes, name: str = "tệp.pdf") -> str:
    with pytest.raises(FileProblem) as caught:
        check(content, name)
    return caught.value.sentence


def bad(title: str) -> Case:
    return next(case for case in BAD_FILES if case.title == title)


@pytest.mark.parametrize("case", GOOD_FILES, ids=str)
def test_what_an_office_keeps_is_taken_as_what_it_is(case: Case):
    content = case.make()
    checked = check(content, case.name)
    assert (checked.size, checked.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    # The ending agrees with the content, whatever it came with: nothing is served as what it is not.
    assert ENDINGS[PurePosixPath(checked.name).suffix] is checked.kind
    assert (checked.pages is not None) == (checked.kind is FileKind.PDF)


@pytest.mark.parametrize("case", BAD_FILES, ids=str)
def test_what_is_not_on_the_list_is_refused_with_its_sentence(case: Case):
    begun = time.monotonic()
    sentence = refusal(case.make(), case.name)
    assert case.says in sentence
    assert sentence.startswith(f"Tệp “{case.name or 'không tên'}”")
    assert sentence.endswith(".")
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize(
    ("title", "room", "guard", "off"),
    [
        ("a workbook with macros", files, "_MACRO", re.compile("(?!)")),
        ("a Word document that fetches its template", files, "_FETCHED", re.compile("(?!)")),
        ("a part that climbs out", archives, "_UNSAFE_NAME", re.compile("(?!)")),
        ("packed 1,000 times", archives, "MAX_RATIO", 5_000),
        ("a PDF cut off", files, "_check_pdf_ends", lambda file, head: None),
    ],
)
def test_each_guard_is_what_refuses(monkeypatch, title, room, guard, off):
    """Without it the damage is taken in silently: the library, say, mends a PDF that was cut off as well as it can."""
    monkeypatch.setattr(room, guard, off)
    assert check(bad(title).make())


def test_size_has_an_end_that_is_a_setting():
    content = picture(size=(900, 900), quality=100) + b"\0" * 1024 * 1024
    assert check(content).kind is FileKind.JPEG
    with override_settings(NTM_EVIDENCE_MB=1):
        sentence = refusal(content)
    assert "lớn hơn mức 1 MB" in sentence
    assert "Quét ở 150-200 dpi" in sentence


def test_pages_have_an_end(monkeypatch):
    assert check(pdf(7)).pages == 7
    monkeypatch.setattr(files, "MAX_PAGES", 6)
    assert "có 7 trang, nhận từ 1 đến 6" in refusal(pdf(7))


def test_the_file_is_left_at_its_beginning_also_when_it_is_refused():
    for content in (pdf(), b"\xd0\xcf\x11\xe0" + b"\0" * 50):
        file = io.BytesIO(content)
        try:
            check_file(file, "a.pdf")
        except FileProblem:
            assert content[:4] == b"\xd0\xcf\x11\xe0"
        assert file.tell() == 0


def test_a_damaged_part_of_a_document_is_found_before_it_is_kept():
    made = bytearray(zipped({**word_parts(), "word/a.xml": "Xã Kỳ Đồng " * 500}))
    place = made.find(b"word/a.xml") + 15
    made[place : place + 8] = b"\xff" * 8
    assert "bị hỏng" in refusal(bytes(made))


@pytest.mark.parametrize(("given_name", "kept"), NAMES)
def test_names_are_kept_readable_and_made_harmless(given_name, kept):
    assert brought_name(given_name, ".pdf") == kept


def test_a_long_name_is_shortened_by_bytes_between_letters():
    long = "Biên bản họp thôn Đồng Tiến về việc " * 20
    kept = brought_name(long, ".pdf")
    assert LONGEST_NAME - 8 < len(kept.encode()) <= LONGEST_NAME
    assert long.startswith(kept.removesuffix(".pdf"))
    # A letter that exists only with a mark of its own keeps it or goes.
    marked = brought_name("x" * 175 + "x\u0323\u0331", ".pdf")
    assert marked == "x" * 175 + ".pdf"


@given(st.text(max_size=300), st.sampled_from([".pdf", ".jpg", ".docx"]))
def test_any_name_at_all_becomes_one_that_every_disk_takes(name, suffix):
    kept = brought_name(name, suffix)
    assert kept.endswith(suffix)
    assert len(kept.encode()) <= LONGEST_NAME
    assert unicodedata.is_normalized("NFC", kept)
    assert not re.search(r'[/\\<>:"|?*\x00-\x1f\x7f]|^\.|^(?i:con|prn|aux|nul|com\d|lpt\d)\s*\.', kept)
    assert brought_name(kept, suffix) == kept


def test_the_corpus_can_be_written_out_for_other_programs(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "TABLES", {"files-good": GOOD_FILES[:3], "files-bad": BAD_FILES[:3]})
    assert make.write(tmp_path) == 6
    assert "rỗng" in (tmp_path / "files-bad" / "expected.tsv").read_text(encoding="utf-8")
