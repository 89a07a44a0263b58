"""What is handed over keeps its Vietnamese name on every system and is never shown as something else."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.exporters.files import PDF, XLSX, ascii_name, download
from communes.rules.file_names import LONGEST_NAME, handed_name


@pytest.mark.parametrize(
    ("name", "handed"),
    [
        ("Nhập liệu 2023 – xã Kỳ Phú.xlsx", "Nhập liệu 2023 – xã Kỳ Phú.xlsx"),
        ("Kỳ báo cáo – 6 tháng/2023.xlsx", "Kỳ báo cáo – 6 tháng-2023.xlsx"),
        ('Bộ "318/QĐ-TTg": <a>|b\\c?*\x0b.pdf', "Bộ -318-QĐ-TTg-- -a--b-c--.pdf"),
        ("a\r\nX: y.pdf", "a X- y.pdf"),
        ("...pdf", "tệp không tên.pdf"),
        ("aux.xlsx", "_aux.xlsx"),
        ("", "tệp không tên"),
    ],
)
def test_a_name_goes_out_as_every_system_takes_it(name: str, handed: str) -> None:
    assert handed_name(name) == handed


@given(st.text(max_size=300), st.sampled_from([".pdf", ".xlsx", ""]))
def test_any_name_at_all_is_short_and_harmless(stem: str, suffix: str) -> None:
    name = handed_name(stem + suffix)
    assert 0 < len(name.encode()) <= LONGEST_NAME and name.endswith(suffix)
    assert not re.search(r'[/\\<>:"|?*\x00-\x1f\x7f]|^\.', name)
    assert handed_name(name) == name


def test_a_long_name_is_shortened_by_bytes_and_never_inside_a_letter() -> None:
    name = handed_name("Ủy ban " * 60 + ".xlsx")
    assert LONGEST_NAME - 8 < len(name.encode()) <= LONGEST_NAME
    assert name.endswith(".xlsx") and "\ufffd" not in name


def test_a_download_keeps_its_name_everywhere() -> None:
    response = download(b"x", "Xã Kỳ Đồng – 2023.xlsx")
    said = response["Content-Disposition"]
    assert said.startswith("attachment; filename=\"Xa Ky Dong - 2023.xlsx\"; filename*=utf-8''X%C3%A3%20")
    assert response["X-Content-Type-Options"] == "nosniff" and "no-store" in response["Cache-Control"]
    assert response["Content-Type"] == XLSX
    assert "\n" not in download(b"", "a\r\nX: y", PDF)["Content-Disposition"]
    assert ascii_name('a"b\\c') == "abc"


def test_an_open_file_is_sent_under_the_same_rules_and_closed() -> None:
    file = io.BytesIO(b"%PDF-1.7")
    response = download(file, "Biên bản/họp.pdf", PDF)
    assert b"".join(response.streaming_content) == b"%PDF-1.7"  # type: ignore[attr-defined]
    assert "Bien ban-hop.pdf" in response["Content-Disposition"] and response["Content-Type"] == PDF
    response.close()
    assert file.closed
