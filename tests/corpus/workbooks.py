"""Workbooks that must be read and workbooks that must be refused, with a part of the sentence that refuses them."""

import io
import re
import struct
import unicodedata
import zipfile

from tests.corpus.parts import MAIN, XML, Case, book, book_parts, inline, pdf, sheet, texts, word_parts, zipped

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
LAST = 1_048_576
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=False))
    + f"]><sst {MAIN}><si><t>&i;</t></si></sst>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>'
    "</sheetData></worksheet>"
)


def million_formatted_rows() -> bytes:
    empty = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(2, LAST))
    last = f'<row r="{LAST}">{inline(f"C{LAST}", "cuối")}</row>'
    return book(f'<row r="1">{inline("A1", "Xã")}</row>{empty}{last}')


def claims_everything() -> bytes:
    """A few hundred bytes that a reader which pads rows walks for an hour."""
    rows = f'<row r="1">{inline("A1", "Xã")}</row><row r="{LAST}">{inline(f"B{LAST}", "cuối")}</row>'
    return book(sheets={"Trang 1": sheet(rows, head=f'<dimension ref="A1:XFD{LAST}"/>')})


def wide_format() -> bytes:
    two = [first + second for first in LETTERS for second in LETTERS]
    three = [letter + pair for letter in LETTERS for pair in two if letter + pair <= "XFD"]
    ordered = [*LETTERS, *two, *three]
    cells = "".join(f'<c r="{letter}1" s="1"/>' for letter in ordered)
    return book(f'<row r="1">{cells}</row><row r="2"><c r="A2"><v>7</v></c></row>')


def many_empty_cells() -> bytes:
    """Every one spelled out, as Excel does: neither its size nor its ratio gives it away."""
    rows = (
        f'<row r="{row}">' + "".join(f'<c r="{letter}{row}"/>' for letter in LETTERS) + "</row>"
        for row in range(1, 76_000)
    )
    return book("".join(rows))


def bomb() -> bytes:
    return zipped({**book_parts(), "xl/media/image1.bin": b"\0" * (30 * 1024 * 1024)})


def lying_sizes() -> bytes:
    """Says in its directory that a part is 100 bytes long; it is a million."""
    made = bytearray(zipped({**book_parts(), "xl/worksheets/sheet1.xml": sheet("<row/>" * 150_000)}))
    place = made.rfind(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<L", made, place + 24, 100)
    return bytes(made)


def encrypted_member() -> bytes:
    made = bytearray(book())
    place = 0
    while (place := made.find(b"PK\x01\x02", place)) >= 0:
        struct.pack_into("<H", made, place + 8, 1)
        place += 4
    return bytes(made)


def many_members() -> bytes:
    return zipped({**book_parts(), **{f"xl/x{number}.xml": "" for number in range(2_001)}})


def one_sheet_for_all() -> bytes:
    """A hundred names for one part: unpacked once, walked a hundred times."""
    parts = book_parts(sheets={f"T{number}": sheet("") for number in range(100)})
    links = str(parts["xl/_rels/workbook.xml.rels"])
    return zipped({**parts, "xl/_rels/workbook.xml.rels": re.sub(r"sheet\d+\.xml", "sheet1.xml", links)})


def one_long_comment() -> bytes:
    """75 MB that are one token: fed in small pieces, older expat reads it again with each of them."""
    words = "".join(f"{number:x}" * 30 for number in range(400_000))
    return book(sheets={"Trang 1": sheet("<row><c><v>1</v></c></row>", head=f"<!--{words}-->")})


def long_list() -> bytes:
    words = "".join(f"<!--{number}-->" for number in range(200_000))
    parts = book_parts()
    return zipped({**parts, "xl/_rels/workbook.xml.rels": f"{parts['xl/_rels/workbook.xml.rels']}{words}"})


def zip64_end() -> bytes:
    made = book()
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(made), 1)
    return made[:-22] + locator + made[-22:]


def with_part(name: str, content: str | bytes = "x") -> bytes:
    return zipped({**book_parts(), name: content})


def twice() -> bytes:
    parts = book_parts()
    return zipped([*parts.items(), ("xl/Workbook.xml", parts["xl/workbook.xml"])])


def damaged_part() -> bytes:
    made = bytearray(book(rows='<row r="1">' + inline("A1", "Xã Kỳ Đồng " * 300) + "</row>"))
    place = made.find(b"xl/worksheets/sheet1.xml") + 24
    made[place + 6 : place + 16] = b"\xff" * 10
    return bytes(made)


def bzipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_BZIP2) as package:
        for name, content in book_parts().items():
            package.writestr(name, content)
    return written.getvalue()


def numbers(count: int) -> str:
    return "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(1, count + 1))


GOOD_WORKBOOKS = (
    Case("the smallest workbook", book),
    Case("formatted to the last of a million rows", million_formatted_rows),
    Case("claims every cell of the sheet", claims_everything),
    Case("formatted far to the right", wide_format),
    Case(
        "texts that look like formulas", lambda: book(f'<row r="1">{inline("A1", "=HYPERLINK(&quot;x&quot;)")}</row>')
    ),
    Case("a control character in a text", lambda: book(f'<row r="1">{inline("A1", "Kỳ_x000B_ Đồng")}</row>')),
    Case("half of a pair of surrogates", lambda: book(f'<row r="1">{inline("A1", "Kỳ_xD83D_ Đồng")}</row>')),
    Case(
        "letters in pieces", lambda: book(f'<row r="1">{inline("A1", unicodedata.normalize("NFD", "Kỳ Đồng"))}</row>')
    ),
    Case("full-width digits stay a text", lambda: book(f'<row r="1">{inline("A1", "９５")}</row>')),
    Case("an error in a cell", lambda: book('<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>')),
    Case("a comment of 60 million letters", one_long_comment),
    Case("pictures beside the table", lambda: with_part("xl/media/image1.png", b"\x89PNG" + b"1" * 5000)),
)

BAD_WORKBOOKS = (
    Case("nothing", lambda: b"", "rỗng"),
    Case("old Excel or a password", lambda: OLE, "Excel kiểu cũ (.xls) hoặc được đặt mật khẩu"),
    Case("a comma file renamed", lambda: "xã,số hộ\nKỳ Đồng,12".encode(), "không phải là tệp Excel .xlsx"),
    Case(
        "a web page renamed",
        lambda: b"<html><table><tr><td>1</td></tr></table></html>",
        "không phải là tệp Excel .xlsx",
    ),
    Case("a PDF renamed", pdf, "không phải là tệp Excel .xlsx"),
    Case("a Word document renamed", lambda: zipped(word_parts()), "là tệp Word đổi tên"),
    Case("a zip of something else", lambda: zipped({"đọc.txt": "x"}), "không phải là tệp Excel .xlsx"),
    Case("macros", lambda: with_part("xl/vbaProject.bin"), "có chứa macro"),
    Case("macros of 1992", lambda: with_part("xl/macrosheets/sheet1.xml"), "có chứa macro"),
    Case("a binary workbook", lambda: with_part("xl/workbook.bin"), ".xlsb"),
    Case("cut off", lambda: book()[:-200], "bị cắt cụt"),
    Case("only the first bytes of a zip", lambda: b"PK\x03\x04" + b"\0" * 50, "bị cắt cụt"),
    Case("a part damaged", damaged_part, "bị hỏng"),
    Case("sizes that lie", lying_sizes, "bị hỏng"),
    Case("parts with a password", encrypted_member, "mật khẩu"),
    Case("packed 1,000 times", bomb, "nén bất thường"),
    Case("2,000 parts", many_members, "quá nhiều phần"),
    Case("one part under a hundred names", one_sheet_for_all, "sai cấu trúc"),
    Case("a list that is no list", long_list, "mục lục dài"),
    Case("a directory for gigabytes", zip64_end, "hàng GB"),
    Case("packed in a way Excel does not know", bzipped, "nén theo kiểu lạ"),
    Case("a part that climbs out", lambda: with_part("../../etc/cron.d/x"), "tên bất thường"),
    Case("a part at the root", lambda: with_part("/etc/passwd"), "tên bất thường"),
    Case("a part on drive C", lambda: with_part("C:/Windows/x.dll"), "tên bất thường"),
    Case("a part with a backslash", lambda: with_part("xl\\..\\..\\x"), "tên bất thường"),
    Case("one part twice", twice, "tên bất thường"),
    Case("entities that multiply", lambda: book(strings=LAUGHS), "DOCTYPE"),
    Case("entities in the sheet", lambda: book(sheets={"Trang 1": OUTSIDE}), "DOCTYPE"),
    Case("entities in the styles", lambda: book(styles=LAUGHS), "DOCTYPE"),
    Case(
        "XML that stops",
        lambda: book(sheets={"Trang 1": f'{XML}<worksheet {MAIN}><sheetData><row r="1">'}),
        "XML bị hỏng",
    ),
    Case("XML in an unknown writing", lambda: book(sheets={"T": '<?xml version="1.0" encoding="ma"?><a/>'}), "hỏng"),
    Case("two million empty cells", many_empty_cells, "ô trống có định dạng"),
    Case("60,001 rows", lambda: book(numbers(60_001)), "hơn 60.000 hàng ở trang “Trang 1”"),
    Case("something in column 501", lambda: book('<row r="3"><c r="SG3"><v>1</v></c></row>'), "ô SG3 trang “Trang 1”"),
    Case("101 sheets", lambda: book(sheets={f"T{i}": sheet("") for i in range(101)}), "101 trang tính"),
    Case("no sheet", lambda: book(sheets={}), "không có trang tính"),
    Case("rows backwards", lambda: book('<row r="2"/><row r="1"/>'), "sai cấu trúc"),
    Case("a cell nowhere", lambda: book('<row r="1"><c r="A-1"><v>1</v></c></row>'), "sai cấu trúc"),
    Case("a row beyond the sheet", lambda: book(f'<row r="{LAST + 1}"/>'), "sai cấu trúc"),
    Case(
        "a text that is not there",
        lambda: book('<row><c t="s"><v>7</v></c></row>', strings=texts("a")),
        "không tồn tại",
    ),
    Case("a text longer than a cell", lambda: book(strings=texts("a" * 32_768)), "dài hơn 32767"),
)
