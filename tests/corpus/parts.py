"""Bricks of the corpus: packages, workbooks, PDFs and pictures written byte by byte, so that they can be wrong."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from PIL import Image

Make = Callable[[], bytes]
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Case:
    """`says` is a part of the sentence that refuses it; "" for what must pass. `name` is the name it comes with."""

    title: str
    make: Make
    says: str = ""
    name: str = ""

    def __str__(self) -> str:
        return self.title


def zipped(members: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]]) -> bytes:
    written = io.BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in pairs:
            package.writestr(name, content)
    return written.getvalue()


def relations(*rows: tuple[str, str, str]) -> str:
    """(id, last word of the type, target)"""
    inner = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{target}"/>' for i, kind, target in rows)
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def content_types(main: str, part: str) -> str:
    return (
        f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="{main}"/></Types>'
    )


def sheet(rows: str, *, head: str = "", tail: str = "") -> str:
    return f"{XML}<worksheet {MAIN}>{head}<sheetData>{rows}</sheetData>{tail}</worksheet>"


def texts(*shared: str) -> str:
    return f"{XML}<sst {MAIN}>" + "".join(f"<si><t>{text}</t></si>" for text in shared) + "</sst>"


def styles(*codes: str) -> str:
    """Style n has the n-th format; style 0 is General."""
    formats = "".join(f'<numFmt numFmtId="{164 + i}" formatCode={quoteattr(code)}/>' for i, code in enumerate(codes))
    used = "".join(f'<xf numFmtId="{164 + i}"/>' for i in range(len(codes)))
    # cellStyleXfs come first and must not be counted.
    return (
        f"{XML}<styleSheet {MAIN}><numFmts>{formats}</numFmts>"
        f'<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>{used}</cellXfs></styleSheet>'
    )


def book_parts(
    rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>',
    *,
    sheets: Mapping[str, str] | None = None,
    **parts: str | bytes,
) -> dict[str, str | bytes]:
    """The parts of a workbook. `sheets`: name to XML instead of `rows`; `strings`, `styles`, `book_head` as named."""
    pages = dict(sheets) if sheets is not None else {"Trang 1": sheet(rows)}
    listed = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(pages, 1))
    held: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(f"{TYPES}.spreadsheetml.sheet.main+xml", "xl/workbook.xml"),
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{XML}<workbook {MAIN} xmlns:r="{OFFICE}">{parts.pop("book_head", "")}'
        f"<sheets>{listed}</sheets></workbook>",
    }
    links = [(f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(pages) + 1)]
    held |= {f"xl/worksheets/sheet{i}.xml": content for i, content in enumerate(pages.values(), 1)}
    for kind, part in (("strings", "sharedStrings"), ("styles", "styles")):
        if kind in parts:
            links.append((kind, part, f"{part}.xml"))
            held[f"xl/{part}.xml"] = parts.pop(kind)
    assert not parts
    held["xl/_rels/workbook.xml.rels"] = relations(*links)
    return held


def book(rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', **parts: object) -> bytes:
    return zipped(book_parts(rows, **parts))  # type: ignore[arg-type]


def inline(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def word_parts(**more: str) -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": content_types(f"{TYPES}.wordprocessingml.document.main+xml", "word/document.xml"),
        "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": f"{XML}<document/>",
        **more,
    }


def pdf(
    pages: int = 1, *, box: str = "0 0 595 842", content: str = "0.8 g 72 72 200 200 re f", more: Iterable[str] = ()
) -> bytes:
    """A plain PDF. `more`: further objects, numbered from 5 on."""
    kids = [f"{5 + len(list(more)) + i} 0 R" for i in range(pages)]
    named = " ".join(f"/F{5 + i} {5 + i} 0 R" for i in range(len(list(more))))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{' '.join(kids)}] >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        f"<< /XObject << {named} >> >>",
        *more,
        *([f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 3 0 R /Resources 4 0 R >>"] * pages),
    ]
    written = io.BytesIO(b"")
    written.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(written.tell())
        written.write(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))
    start = written.tell()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    written.write(
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return written.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "teal", **save: object) -> bytes:
    written = io.BytesIO()
    mode = "RGBA" if kind == "PNG" else "RGB"
    Image.new(mode, size, colour).save(written, kind, **save)  # type: ignore[arg-type]
    return written.getvalue()


def png(width: int, height: int, *, whole: bool = False) -> bytes:
    """A PNG of one bit a pixel; only its first row of pixels unless `whole`."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" * (1 + (width + 7) // 8)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * (height if whole else 1), 9))
        + chunk(b"IEND", b"")
    )
