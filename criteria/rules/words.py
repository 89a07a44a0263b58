"""Words as they are compared, however somebody typed them: one rule for pasted names, headings of workbooks, searches.

Pure. Read by every floor above.
"""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """Without accents, case, marks and doubled blanks: "15.1  BHYT – Kỳ Đồng" becomes "15 1 bhyt ky dong".

    Folding twice is folding once; letters composed and letters in pieces give the same.
    """
    pieces = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold()).replace("đ", "d")
    kept = (ch if ch.isalnum() else " " for ch in pieces if not unicodedata.combining(ch))
    return " ".join("".join(kept).split())
