"""How a number is typed and printed in Vietnam: the same rule for forms, pasted blocks and imports.

Decimal comma and dot for thousands; `1,5` and `1.5` are both understood, `1.500` is ambiguous and asks.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

NBSP = "\u00a0"
MAX_INTEGER_DIGITS = 12
MAX_DECIMALS = 6

_INVISIBLE = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_COUNTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_PLAIN = re.compile(r"[+-]?[0-9]+")
_ONE_MARK = re.compile(r"([+-]?)([0-9]+)([.,])([0-9]+)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:(\.[0-9]{3})+|(,[0-9]{3})+)")
_GROUPED_DECIMAL = re.compile(r"([+-]?[0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)|([+-]?[0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]+)")


class NumberProblem(ValueError):
    """What is wrong with a typed number, as one Vietnamese sentence for the person who typed it."""


class Fraction(NamedTuple):
    """A share typed as "7741/8777"."""

    numerator: Decimal
    denominator: Decimal


def parse_number(text: str) -> Decimal:
    """The number in `text`, exactly. Raises NumberProblem with a sentence; never guesses an ambiguous one."""
    shown = text.strip().replace(NBSP, " ").replace("\u202f", " ")
    typed = shown.removesuffix("%").rstrip().replace("−", "-")
    if not typed:
        raise NumberProblem("Chưa có số nào được nhập.")
    if any(ch.isdigit() and not ch.isascii() for ch in typed):
        raise NumberProblem(f"“{_short(shown)}” có chữ số không phải 0-9 (chữ số toàn khổ). Gõ lại bằng chữ số thường.")
    if "_" in typed or re.fullmatch(r"[+-]?[0-9.,]+[eE][+-]?[0-9]+", typed):
        raise NumberProblem(f"“{_short(shown)}” viết theo kiểu máy tính. Gõ số đầy đủ, ví dụ 1000 hoặc 1,5.")
    return _checked(_read(typed, shown), shown)


def _read(typed: str, shown: str) -> Decimal:
    if _PLAIN.fullmatch(typed):
        return Decimal(typed)
    if one := _ONE_MARK.fullmatch(typed):
        sign, whole, mark, rest = one.groups()
        if len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0"):
            short = rest.rstrip("0")
            # Three decimals would be asked about again: a fourth makes the remedy one that works.
            short += "0" if len(short) == 3 else ""
            decimal = f"{sign}{whole},{short}" if short else f"{sign}{whole}"
            raise NumberProblem(
                f"“{shown}” có thể là {decimal} hoặc {sign}{whole}{rest}. "
                f"Gõ {decimal} hoặc {sign}{whole}{rest} để rõ nghĩa."
            )
        return Decimal(f"{sign}{whole}.{rest}")
    if _GROUPED.fullmatch(typed):
        return Decimal(typed.replace(".", "").replace(",", ""))
    if both := _GROUPED_DECIMAL.fullmatch(typed):
        whole, rest = both.group(1) or both.group(3), both.group(2) or both.group(4)
        return Decimal(whole.replace(".", "").replace(",", "") + "." + rest)
    raise NumberProblem(f"“{_short(shown)}” không phải là số. Gõ ví dụ 95, 95,5 hoặc 1.234,5.")


def _checked(value: Decimal, shown: str) -> Decimal:
    digits = value.as_tuple()
    decimals = max(0, -int(digits.exponent))
    if len(digits.digits) - decimals > MAX_INTEGER_DIGITS:
        raise NumberProblem(f"“{_short(shown)}” quá lớn: nhiều nhất {MAX_INTEGER_DIGITS} chữ số trước dấu phẩy.")
    if decimals > MAX_DECIMALS:
        raise NumberProblem(f"“{_short(shown)}” có quá {MAX_DECIMALS} chữ số thập phân. Làm tròn rồi nhập lại.")
    return value + 0  # "-0" is zero


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def parse_fraction(text: str) -> Fraction | None:
    """The share in "7741/8777", or None where `text` is not written as one. Raises NumberProblem."""
    if text.count("/") != 1:
        return None
    halves = text.removesuffix("%").split("/")
    # In a share people count: a dot before three digits can only be the dot of thousands.
    numerator, denominator = (_half(half.strip()) for half in halves)
    if numerator < 0 or denominator < 0:
        raise NumberProblem("Tử số và mẫu số không được âm.")
    if numerator > denominator:
        raise NumberProblem(
            f"Tử số {format_number(numerator)} lớn hơn mẫu số {format_number(denominator)}. Kiểm tra lại hai số."
        )
    return Fraction(numerator, denominator)


def _half(text: str) -> Decimal:
    return _checked(Decimal(text.replace(".", "")), text) if _COUNTED.fullmatch(text) else parse_number(text)


def percent_of(numerator: Decimal, denominator: Decimal) -> Decimal:
    """The share in percent, to four decimals: enough that rounding never decides a threshold of whole percents."""
    return (numerator * 100 / denominator).quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize() + 0


def format_number(value: Decimal | int | None, places: int | None = None) -> str:
    """ "1.234,5"; trailing zeros go unless `places` asks for them; None is "—"."""
    if value is None:
        return "—"
    number = Decimal(value)
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{number:,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")


def clean_text(text: str, *, keep_newlines: bool = True) -> str:
    """NFC without control characters (one \\x0b in one remark otherwise breaks a whole district's workbook) and
    without marks that turn the direction of writing (they make a number read as another)."""
    kept = "\n\t" if keep_newlines else ""
    return "".join(
        ch
        for ch in unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        if ch in kept or (unicodedata.category(ch) not in ("Cc", "Cs", "Cn") and ch not in _INVISIBLE)
    )
