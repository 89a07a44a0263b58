"""Looks at a ZIP package (.xlsx, .docx) before anything in it is unpacked, and at its XML before anybody believes it.

Called by `workbooks` (imports) and `files` (evidence). What must stay true: the directory at the end of the file is
measured before `zipfile` reads it; sizes are the declared ones, which `zipfile` never reads beyond; no XML with a
DOCTYPE is parsed any further, so that no entity is ever expanded or fetched.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Any, BinaryIO
from xml.parsers import expat

MAX_MEMBERS = 2_000
MAX_DIRECTORY = 1024 * 1024
MAX_EXPANDED = 200 * 1024 * 1024
# Deflate can do 1,032 : 1. XML of real workbooks stays below 30 : 1, pictures near 1 : 1.
MAX_RATIO = 120
RATIO_MATTERS_FROM = 1024 * 1024
# A part that only lists or links other parts is a few KB long.
MAX_SMALL_PART = 2 * 1024 * 1024
# Large, because older expat reads an unfinished token again with every piece it is fed.
CHUNK = 1024 * 1024

# What zipfile raises on bytes that lie about themselves.
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    ValueError,
    NotImplementedError,
    OSError,
    struct.error,
)

_AGAIN = "Mở bằng Excel hoặc Word, lưu lại rồi thử lại."
_END = b"PK\x05\x06"
_END_SIZE = 22
_ZIP64_LOCATOR = b"PK\x06\x07"
_UNSAFE_NAME = re.compile(r"^[/\\]|^[A-Za-z]:|\\|(?:^|/)\.\.(?:/|$)|[\x00-\x1f\x7f]")


class ArchiveProblem(Exception):
    """Why a package is refused: the end of a sentence that begins with the file ("… bị hỏng hoặc bị cắt cụt.")."""


def open_package(file: BinaryIO) -> zipfile.ZipFile:
    """The package in `file`, after its directory was looked at. Raises ArchiveProblem."""
    _check_end(file)
    try:
        package = zipfile.ZipFile(file)
    except BROKEN_ZIP as problem:
        raise ArchiveProblem("bị hỏng hoặc bị cắt cụt khi chép. Chép lại tệp gốc rồi thử lại.") from problem
    _check_members(package.infolist())
    return package


def _check_end(file: BinaryIO) -> None:
    """The record at the end says how long the directory is: `zipfile` would read all of it at once."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE - 0xFFFF - 20))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or at + _END_SIZE > len(tail):
        raise ArchiveProblem("bị hỏng hoặc bị cắt cụt khi chép. Chép lại tệp gốc rồi thử lại.")
    members, directory = struct.unpack("<HL", tail[at + 10 : at + 16])
    if tail[max(0, at - 20) : at].startswith(_ZIP64_LOCATOR):
        raise ArchiveProblem("được nén theo kiểu dành cho tệp hàng GB. Mở bằng Excel hoặc Word rồi lưu lại.")
    if members > MAX_MEMBERS or directory > MAX_DIRECTORY:
        raise ArchiveProblem(f"chứa quá nhiều phần ({members}, nhiều nhất {MAX_MEMBERS}). {_AGAIN}")


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise ArchiveProblem(f"chứa quá nhiều phần ({len(members)}, nhiều nhất {MAX_MEMBERS}). {_AGAIN}")
    if any(member.flag_bits & 0x1 for member in members):
        raise ArchiveProblem("được đặt mật khẩu. Bỏ mật khẩu rồi thử lại.")
    names = [member.orig_filename for member in members]
    if any(_UNSAFE_NAME.search(name) for name in names) or len({name.lower() for name in names}) < len(names):
        raise ArchiveProblem(f"chứa phần có tên bất thường. {_AGAIN}")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise ArchiveProblem("được nén theo kiểu lạ. Mở bằng Excel hoặc Word rồi lưu lại.")
    _check_expansion(members)


def _check_expansion(members: list[zipfile.ZipInfo]) -> None:
    expanded = sum(member.file_size for member in members)
    if expanded > MAX_EXPANDED:
        raise ArchiveProblem(
            f"bung ra thành {megabytes(expanded)}, lớn hơn mức {megabytes(MAX_EXPANDED)}. "
            "Bỏ bớt trang, hình ảnh và định dạng thừa rồi thử lại."
        )
    for member in members:
        ratio = member.file_size // max(1, member.compress_size)
        if member.file_size > RATIO_MATTERS_FROM and ratio > MAX_RATIO:
            raise ArchiveProblem(f"có phần nén bất thường ({ratio} lần), không mở để giữ an toàn. {_AGAIN}")


def open_small(package: zipfile.ZipFile, part: str) -> IO[bytes]:
    """A part that is read whole. Raises ArchiveProblem where it is too long for that, KeyError where it is missing."""
    if package.getinfo(part).file_size > MAX_SMALL_PART:
        raise ArchiveProblem(f"có phần mục lục dài bất thường. {_AGAIN}")
    return package.open(part)


def megabytes(size: int) -> str:
    """ "12,5 MB" """
    return f"{size / 1024 / 1024:.1f}".replace(".", ",").removesuffix(",0") + " MB"


# --- XML ------------------------------------------------------------------------------------------------------------

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def read_xml(stream: IO[bytes], start: Start, end: End | None = None, text: Text | None = None) -> None:
    """Walks the XML in `stream`; element names arrive as "namespace local". Raises ArchiveProblem for a DOCTYPE (and
    with it every entity) and for XML that is not well-formed."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as problem:
        raise ArchiveProblem(f"có nội dung XML bị hỏng. {_AGAIN}") from problem


def _refuse_doctype(*_: Any) -> None:
    raise ArchiveProblem(f"khai báo thực thể XML (DOCTYPE), Excel và Word không ghi như vậy. {_AGAIN}")


def local(name: str) -> str:
    """The element's or attribute's name without its namespace."""
    return name.rpartition(" ")[2]
