"""Files of evidence that must be kept and files that must be refused, with a part of the sentence that refuses them."""

import io
import struct

from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests.corpus.parts import (
    OFFICE,
    PACKAGE,
    TYPES,
    XML,
    Case,
    book,
    book_parts,
    content_types,
    pdf,
    picture,
    png,
    word_parts,
    zipped,
)  # fmt: skip
from tests.corpus.workbooks import OLE, bomb, encrypted_member

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>"


def locked_pdf() -> bytes:
    return _rewritten(lambda writer: writer.encrypt("mật", algorithm="RC4-128"))


def print_only_pdf() -> bytes:
    """The owner forbids changes, anybody may read: many offices send these out."""
    return _rewritten(lambda writer: writer.encrypt("", "chủ", algorithm="RC4-128"))


def _rewritten(change) -> bytes:  # type: ignore[no-untyped-def]
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(2))))
    change(writer)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def laughing_pdf() -> bytes:
    """Every form draws the next one ten times: ten thousand million squares out of 3 KB."""
    deep = 10
    forms = []
    for level in range(deep):
        body = f"/F{6 + level} Do " * 10 if level < deep - 1 else "0 0 1 1 re f"
        forms.append(
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources 4 0 R /Length {len(body)} >>\n"
            f"stream\n{body}\nendstream"
        )
    return pdf(content="/F5 Do", more=forms)


def turned_photo() -> bytes:
    """4 wide and 2 high as stored, to be shown upright; with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Máy của Lan"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(size=(400, 200), exif=exif, comment=b"nha rieng")


def macro_word() -> bytes:
    main = "application/vnd.ms-word.document.macroEnabled.main+xml"
    return zipped({**word_parts(), "[Content_Types].xml": content_types(main, "word/document.xml")})


def word_with_template(target: str) -> bytes:
    rels = (
        f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/attachedTemplate" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )
    return zipped({**word_parts(), "word/_rels/settings.xml.rels": rels})


def slides() -> bytes:
    main = f"{TYPES}.presentationml.presentation.main+xml"
    return zipped({"[Content_Types].xml": content_types(main, "ppt/presentation.xml"), "ppt/presentation.xml": "<a/>"})


def word_in_name_only() -> bytes:
    main = f"{TYPES}.wordprocessingml.document.main+xml"
    return zipped({"[Content_Types].xml": content_types(main, "word/document.xml"), "index.html": "<script/>"})


def heic() -> bytes:
    return struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + b"\0" * 100


GOOD_FILES = (
    Case("a scan of two pages", lambda: pdf(2), name="Biên bản họp thôn.pdf"),
    Case("a PDF that may only be read", print_only_pdf, name="QĐ.pdf"),
    Case("a page as large as a field", lambda: pdf(box="0 0 14400000 14400000"), name="a.pdf"),
    Case("a photo", picture, name="ảnh.jpeg"),
    Case("a photo held upright", turned_photo, name="IMG_0001.JPG"),
    Case("a photo that ends in a web page", lambda: picture() + PAGE, name="ảnh.html"),
    Case("a picture with clear parts", lambda: picture("PNG", colour="#00000000"), name="dấu.png"),
    Case("a picture from Zalo", lambda: picture("WEBP"), name="z123.webp"),
    Case("a Word document", lambda: zipped(word_parts()), name="Báo cáo.docx"),
    Case(
        "a Word document with the author's own template",
        lambda: word_with_template("file:///C:\\Mẫu\\a.dotx"),
        name="a.docx",
    ),
    Case("a workbook", book, name="Bảng.xlsx"),
    Case("a Word document that says it is a workbook", lambda: zipped(word_parts()), name="Báo cáo.xlsx"),
)

BAD_FILES = (
    Case("nothing", lambda: b"", "rỗng", "a.pdf"),
    Case("a drawing in code", lambda: SVG, "trang web hoặc ảnh vẽ bằng mã", "dấu.png"),
    Case("a drawing in code without heading", lambda: SVG[22:], "trang web hoặc ảnh vẽ bằng mã", "dấu.svg"),
    Case("a web page as PDF", lambda: PAGE, "trang web hoặc ảnh vẽ bằng mã", "QĐ.pdf"),
    Case("a web page in wide letters", lambda: PAGE.decode().encode("utf-16"), "trang web hoặc ảnh", "QĐ.pdf"),
    Case("a web page before a PDF", lambda: PAGE + pdf(), "trang web", "QĐ.pdf"),
    Case("something before a PDF", lambda: b"MIME-Version: 1.0\n" + pdf(), "phần lạ đứng trước", "QĐ.pdf"),
    Case("a shell script", lambda: b"#!/bin/sh\nrm -rf /\n", "chương trình", "a.pdf"),
    Case("a batch file", lambda: b"@echo off\r\nformat c:\r\n", "chương trình", "a.docx"),
    Case("a program", lambda: b"MZ\x90\0\x03" + b"\0" * 300, "chương trình", "ảnh.jpg"),
    Case("plain text", lambda: "Biên bản họp thôn".encode(), "không thuộc loại nhận được", "a.txt"),
    Case("noise", lambda: bytes(range(256)) * 4, "không thuộc loại nhận được", "a.pdf"),
    Case("a zip", lambda: zipped({"a.txt": "x"}), "tệp nén", "hồ sơ.zip"),
    Case("a rar", lambda: b"Rar!\x1a\x07\x01\0" + b"\0" * 50, "tệp nén", "hồ sơ.pdf"),
    Case("old Word", lambda: OLE, "kiểu cũ (.doc, .xls)", "a.doc"),
    Case("a photo of an iPhone", heic, "HEIC", "IMG_1.heic"),
    Case("a moving picture", lambda: b"GIF89a\x01\0\x01\0\0\0\0;" + b"\0" * 20, "GIF", "a.gif"),
    Case("a film", lambda: struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"mp42") + b"\0" * 300, "phim", "a.mp4"),
    Case("a Word document with macros", macro_word, "macro", "a.docx"),
    Case("a workbook with macros", lambda: zipped({**book_parts(), "xl/vbaProject.bin": "x"}), "macro", "a.xlsx"),
    Case(
        "a Word document that fetches its template", lambda: word_with_template("https://x.example/a.dotm"), "khuôn mẫu"
    ),
    Case("a template from another machine", lambda: word_with_template("\\\\may\\a.dotm"), "khuôn mẫu"),
    Case("slides", slides, "không phải là văn bản Word", "a.docx"),
    Case("Word in its name only", word_in_name_only, "không có nội dung", "a.docx"),
    Case("a text of LibreOffice", lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), ".odt"),
    Case("a part that climbs out", lambda: zipped({**word_parts(), "../x": "x"}), "tên bất thường", "a.docx"),
    Case("packed 1,000 times", bomb, "nén bất thường", "a.xlsx"),
    Case("parts with a password", encrypted_member, "mật khẩu", "a.xlsx"),
    Case("a Word document cut off", lambda: zipped(word_parts())[:-100], "cắt cụt", "a.docx"),
    Case("a PDF with a password", locked_pdf, "đặt mật khẩu", "QĐ.pdf"),
    Case("a PDF cut off", lambda: pdf(3)[:-20], "cắt cụt", "QĐ.pdf"),
    Case("the first and last line of a PDF", lambda: b"%PDF-1.7\n%%EOF\n", "bị hỏng", "QĐ.pdf"),
    Case("a PDF of no version", lambda: b"%PDF-hack\n%%EOF\n", "đúng chuẩn", "QĐ.pdf"),
    Case("a PDF without pages", lambda: pdf(0), "bị hỏng", "QĐ.pdf"),
    Case("a photo cut off", lambda: picture(size=(900, 900))[:-800], "bị hỏng", "a.jpg"),
    Case("the head of a photo", lambda: picture()[:30], "bị hỏng", "a.jpg"),
    Case("50,000 × 50,000 pixels", lambda: png(50_000, 50_000), "lớn quá mức", "a.png"),
)
# Every one has to become a name that can stand on a Windows disk, in a header and in a list.
NAMES = (
    ("Biên bản họp thôn.pdf", "Biên bản họp thôn.pdf"),
    ("Bie\u0302n ba\u0309n.pdf", "Biên bản.pdf"),
    ("../../etc/passwd", "passwd.pdf"),
    ("C:\\Users\\Lan\\Báo cáo.pdf", "Báo cáo.pdf"),
    ("báo\x00cáo\r\nX-Header: 1.pdf", "báocáoX-Header_ 1.pdf"),
    ("a\u202efdp.exe", "afdp.pdf"),
    ("ảnh.png", "ảnh.pdf"),
    ("ảnh.SVG.exe", "ảnh.pdf"),
    ("Báo cáo 31.12.2023", "Báo cáo 31.12.2023.pdf"),
    ("12/2023.pdf", "2023.pdf"),
    ("CON", "_CON.pdf"),
    ("nul.txt", "_nul.txt.pdf"),
    ("Com1 .pdf", "_Com1.pdf"),
    ("console.pdf", "console.pdf"),
    ("QĐ... ", "QĐ.pdf"),
    (".htaccess", "htaccess.pdf"),
    ('a<b>c:"d"|e?*.pdf', "a_b_c__d__e__.pdf"),
    ("", "tệp không tên.pdf"),
    (".pdf", "tệp không tên.pdf"),
    ("..", "tệp không tên.pdf"),
)
