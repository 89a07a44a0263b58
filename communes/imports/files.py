"""Checks a file that is to be kept as evidence: what it is by its content, whether it is whole, what it is called.

Called by the views that take uploads, before anything is stored. An allow-list: PDF, JPEG, PNG, WebP, Word (.docx) and
Excel (.xlsx) without macros. What must stay true: the name decides nothing; a refusal says what the file is and what to
do instead. What passes is still foreign: it is served with `attachment`, `nosniff` and `sandbox`, never inline.
"""

from __future__ import annotations

import hashlib
import re
from typing import BinaryIO
from zipfile import ZipFile

import filetype
from django.conf import settings

from communes.imports.archives import (
    BROKEN_ZIP,
    CHUNK,
    ArchiveProblem,
    local,
    megabytes,
    open_package,
    open_small,
    read_xml,
)
from communes.imports.previews import PreviewProblem, count_pages
from communes.rules.evidence import CheckedFile, FileKind
from communes.rules.file_names import brought_name
from criteria.rules.numbers import clean_text

MAX_PAGES = 3_000
HEAD = 8192

TAKEN = "Nhận PDF, ảnh (JPEG, PNG, WebP), Word (.docx) và Excel (.xlsx)."
AS_PDF = "Lưu lại thành PDF, .docx hoặc .xlsx rồi tải lên."

_BY_FIRST_LOOK = {
    "pdf": FileKind.PDF,
    "jpg": FileKind.JPEG,
    "png": FileKind.PNG,
    "apng": FileKind.PNG,
    "webp": FileKind.WEBP,
}
_OLD_OFFICE = f"là Word, Excel kiểu cũ (.doc, .xls) hoặc được đặt mật khẩu. {AS_PDF}"
_IPHONE = (
    "là ảnh HEIC của iPhone. Chụp lại sau khi chọn Cài đặt › Camera › Định dạng › Tương thích nhất, "
    "hoặc lưu ảnh thành JPEG rồi tải lên."
)
_PACKED = "là tệp nén. Giải nén rồi tải lên từng tệp."
_PROGRAM = f"là chương trình máy tính, không phải văn bản. {TAKEN}"
_FILM = "là phim hoặc âm thanh. Đưa lên nơi lưu trữ của cơ quan rồi gắn liên kết làm minh chứng."
_OTHER_PICTURE = "là ảnh kiểu khác (GIF, TIFF, BMP). Lưu lại thành JPEG hoặc PNG rồi tải lên."
_REFUSED = {
    **dict.fromkeys(("doc", "xls", "ppt", "msi"), _OLD_OFFICE),
    **dict.fromkeys(("heic", "avif"), _IPHONE),
    **dict.fromkeys(("zip", "rar", "7z", "gz", "bz2", "tar", "xz", "cab", "lz", "lz4", "zst", "Z", "br"), _PACKED),
    **dict.fromkeys(("exe", "elf", "swf", "deb", "rpm", "crx", "nes", "dll"), _PROGRAM),
    **dict.fromkeys(("mp4", "mov", "avi", "mkv", "webm", "m4v", "wmv", "mpg", "mp3", "m4a", "wav"), _FILM),
    **dict.fromkeys(("gif", "tif", "bmp", "ico", "psd", "jpx", "jxr", "cr2"), _OTHER_PICTURE),
}  # fmt: skip
_WEB = f"là trang web hoặc ảnh vẽ bằng mã (HTML, SVG, XML), có thể chứa mã chạy được. In ra PDF rồi tải lên. {TAKEN}"
_LOOKS_LIKE_WEB = re.compile(rb"\A[\s\x00\xef\xbb\xbf\xff\xfe]*<\x00?[!?/a-zA-Z]")
_SCRIPT = re.compile(rb"\A(?:#!|@echo|<\?php|MZ)", re.IGNORECASE)
_MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": FileKind.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": FileKind.XLSX,
}
_HOME = {FileKind.DOCX: "word/", FileKind.XLSX: "xl/"}
_MACRO = re.compile(r"vbaproject|vbadata|macrosheets/|dialogsheets/|activex/|customui/", re.IGNORECASE)
# A template is fetched when the document is opened: a known way in. A template on the author's own disk is not.
_FETCHED = re.compile(r"(?:https?|ftp|file)://(?!/)|\\\\", re.IGNORECASE)


class FileProblem(Exception):
    """Why a file is refused, as Vietnamese sentences that name it: what it is, and what to do instead."""

    @property
    def sentence(self) -> str:
        return str(self)


def check_file(file: BinaryIO, name: str) -> CheckedFile:
    """What `file` is, under the safe form of `name`. Reads it to the end and leaves it at its beginning.

    Raises FileProblem. PDFs and pictures are opened in a child process (about 0.3 s).
    """
    try:
        size = _check_size(file)
        kind = _kind(file)
        checked = CheckedFile(brought_name(name, kind.suffix), kind, size, _sha256(file), _pages(file, kind))
    except (ArchiveProblem, PreviewProblem) as problem:
        raise FileProblem(_about(name, problem)) from problem
    except BROKEN_ZIP as problem:
        raise FileProblem(
            _about(name, ArchiveProblem("bị hỏng hoặc bị cắt cụt khi chép. Chép lại tệp gốc."))
        ) from problem
    finally:
        file.seek(0)
    return checked


def _about(name: str, problem: Exception) -> str:
    shown = clean_text(re.split(r"[/\\]", name)[-1], keep_newlines=False)[:80] or "không tên"
    if isinstance(problem, PreviewProblem):
        return f"Tệp “{shown}”: {problem.sentence}"
    return f"Tệp “{shown}” {problem}"


def _check_size(file: BinaryIO) -> int:
    size = file.seek(0, 2)
    most = settings.NTM_EVIDENCE_MB * 1024 * 1024
    if not size:
        raise ArchiveProblem("rỗng, không có nội dung nào. Chép lại tệp gốc rồi tải lên.")
    if size > most:
        raise ArchiveProblem(
            f"nặng {megabytes(size)}, lớn hơn mức {megabytes(most)}. "
            "Quét ở 150-200 dpi, thu nhỏ ảnh hoặc tách thành nhiều tệp."
        )
    return size


def _kind(file: BinaryIO) -> FileKind:
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _package_kind(file)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ArchiveProblem(_OLD_OFFICE)
    guessed = filetype.guess_extension(head) or ""
    kind = _BY_FIRST_LOOK.get(guessed)
    if kind is None:
        raise ArchiveProblem(_REFUSED.get(guessed) or _words_for_text(head))
    if kind is FileKind.PDF:
        _check_pdf_ends(file, head)
    return kind


def _words_for_text(head: bytes) -> str:
    if _SCRIPT.match(head):
        return _PROGRAM
    if _LOOKS_LIKE_WEB.match(head):
        return _WEB
    if b"%PDF-" in head[:1024]:
        return "có phần lạ đứng trước nội dung PDF. Mở ra, in lại thành PDF rồi tải lên."
    return f"không thuộc loại nhận được. {TAKEN} {AS_PDF}"


def _check_pdf_ends(file: BinaryIO, head: bytes) -> None:
    """The child mends what it can; a document that was cut off must not pass as whole."""
    size = file.seek(0, 2)
    file.seek(max(0, size - HEAD))
    if not re.match(rb"%PDF-[12]\.\d", head.lstrip(b"\xef\xbb\xbf")):
        raise ArchiveProblem("không phải là PDF đúng chuẩn. Mở ra, in lại thành PDF rồi tải lên.")
    if b"%%EOF" not in file.read():
        raise ArchiveProblem("bị cắt cụt: thiếu phần cuối của PDF. Chép hoặc tải lại tệp gốc.")


def _package_kind(file: BinaryIO) -> FileKind:
    with open_package(file) as package:
        names = package.namelist()
        if any(_MACRO.search(name) for name in names):
            raise ArchiveProblem(f"có chứa macro hoặc thành phần chạy được. {AS_PDF}")
        if "mimetype" in names:
            raise ArchiveProblem(f"là tệp của LibreOffice (.odt, .ods). {AS_PDF}")
        if "[Content_Types].xml" not in names:
            raise ArchiveProblem(_PACKED)
        kind = _main_part(package)
        if not any(name.startswith(_HOME[kind]) for name in names):
            raise ArchiveProblem("tự khai là Word hoặc Excel nhưng không có nội dung. Lưu lại rồi tải lên.")
        _refuse_fetched_template(package)
        if package.testzip() is not None:
            raise ArchiveProblem("bị hỏng hoặc bị cắt cụt khi chép. Chép lại tệp gốc.")
    return kind


def _main_part(package: ZipFile) -> FileKind:
    types: list[str] = []
    with open_small(package, "[Content_Types].xml") as stream:
        read_xml(stream, lambda name, given: types.append(given.get("ContentType", "")))
    if any("macroenabled" in found.lower() for found in types):
        raise ArchiveProblem(f"có chứa macro hoặc thành phần chạy được. {AS_PDF}")
    kinds = [_MAIN_PARTS[found] for found in types if found in _MAIN_PARTS]
    if len(kinds) != 1:
        raise ArchiveProblem(f"không phải là văn bản Word hay bảng tính Excel thường. {AS_PDF}")
    return kinds[0]


def _refuse_fetched_template(package: ZipFile) -> None:
    targets: list[str] = []

    def start(name: str, given: dict[str, str]) -> None:
        if local(name) == "Relationship" and given.get("Type", "").endswith("/attachedTemplate"):
            targets.append(given.get("Target", ""))

    if "word/_rels/settings.xml.rels" in package.namelist():
        with open_small(package, "word/_rels/settings.xml.rels") as stream:
            read_xml(stream, start)
    if any(_FETCHED.match(target) for target in targets):
        raise ArchiveProblem(f"tự tải khuôn mẫu từ máy khác khi mở ra. {AS_PDF}")


def _pages(file: BinaryIO, kind: FileKind) -> int | None:
    if not kind.has_preview:
        return None
    pages = count_pages(file, kind)
    if kind is not FileKind.PDF:
        return None
    if not 1 <= pages <= MAX_PAGES:
        raise ArchiveProblem(f"có {pages} trang, nhận từ 1 đến {MAX_PAGES}. Tách thành nhiều tệp.")
    return pages


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
