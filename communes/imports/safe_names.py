"""The name under which a brought file is kept and handed out again: readable, and harmless on every machine.

Called by `files`. Diacritics stay: an officer finds "Biên bản họp thôn.pdf" again, not "bien-ban-hop-thon.pdf".
"""

from __future__ import annotations

import re
import unicodedata

from criteria.rules.numbers import clean_text

LONGEST_NAME = 180  # bytes; ext4 and most backup media end at 255, and a copy gets something added

_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE)
_ENDINGS = re.compile(
    r"\.(?:pdf|jpe?g|jfif|png|webp|docx?|docm|xlsx?|xlsm|svg|html?|xml|js|exe|com|bat|cmd|scr|zip|heic)$", re.IGNORECASE
)


def safe_name(name: str, suffix: str) -> str:
    """`name` in NFC, without folders, control and forbidden characters, ending in `suffix`, at most 180 bytes long."""
    last = re.split(r"[/\\]", name)[-1]
    stem = _FORBIDDEN.sub("_", clean_text(last, keep_newlines=False))
    while ended := _ENDINGS.search(stem := stem.rstrip(" .")):
        stem = stem[: ended.start()]
    stem = _trimmed(stem)
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return (_shortened(stem, LONGEST_NAME - len(suffix.encode())) or "tệp không tên") + suffix


def _trimmed(stem: str) -> str:
    """Windows drops blanks and dots at the end by itself; a dot in front hides the file elsewhere."""
    return re.sub(r"\s+", " ", stem).strip(" .")


def _shortened(stem: str, room: int) -> str:
    """As many whole letters as fit: a letter never loses its mark, a character never half of its bytes."""
    if len(stem.encode()) <= room:
        return stem
    kept = stem.encode()[:room].decode(errors="ignore")
    while kept and unicodedata.combining(stem[len(kept)]):
        kept = kept[:-1]
    return _trimmed(kept)
