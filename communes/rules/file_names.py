"""Names of files that every disk and every system takes: of those brought and of those handed out.

Pure. Diacritics stay: an officer finds "Biên bản họp thôn.pdf" again, not "bien-ban-hop-thon.pdf".
"""

from __future__ import annotations

import re
import unicodedata

from criteria.rules.numbers import clean_text

LONGEST_NAME = 180  # bytes; ext4 and most backup media end at 255, and a copy gets something added

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE)
_ENDINGS = re.compile(
    r"\.(?:pdf|jpe?g|jfif|png|webp|docx?|docm|xlsx?|xlsm|svg|html?|xml|js|exe|com|bat|cmd|scr|zip|heic)$", re.IGNORECASE
)


def brought_name(name: str, suffix: str) -> str:
    """The name under which a brought file is kept: without folders, control and forbidden characters and endings that
    lie, ending in `suffix`, in NFC, at most `LONGEST_NAME` bytes long."""
    last = re.split(r"[/\\]", name)[-1]
    stem = _FORBIDDEN.sub("_", clean_text(last, keep_newlines=False))
    while ended := _ENDINGS.search(stem := stem.rstrip(" .")):
        stem = stem[: ended.start()]
    return _fitting(stem, suffix) or f"tệp không tên{suffix}"


def handed_name(name: str) -> str:
    """The name under which a file goes out, its ending as it is: "Kỳ 6/2023.xlsx" becomes "Kỳ 6-2023.xlsx"."""
    clean = _FORBIDDEN.sub("-", " ".join(clean_text(name).split()))
    ended = re.search(r"\.[0-9A-Za-z]{1,8}$", clean)
    suffix = ended.group() if ended else ""
    return _fitting(clean.removesuffix(suffix), suffix) or f"tệp không tên{suffix}"


def _fitting(stem: str, suffix: str) -> str:
    """Stem and suffix within the bytes there are; "" where nothing is left of the stem."""
    stem = _trimmed(stem)
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    short = _shortened(stem, LONGEST_NAME - len(suffix.encode()))
    return short and short + suffix


def _trimmed(stem: str) -> str:
    """Windows drops blanks and dots at the end by itself; a dot in front hides the file elsewhere."""
    return re.sub(r"\s+", " ", stem).strip(" .")


def _shortened(stem: str, room: int) -> str:
    """As many whole letters as fit: a letter never loses its mark, a character never half of its bytes."""
    if len(stem.encode()) <= room:
        return stem
    kept = stem.encode()[: max(0, room)].decode(errors="ignore")
    while kept and unicodedata.combining(stem[len(kept)]):
        kept = kept[:-1]
    return _trimmed(kept)
