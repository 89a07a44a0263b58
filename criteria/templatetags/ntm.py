"""Filters and tags for what is printed everywhere, so that a number or a verdict looks the same on every screen.

Registered as a builtin of the template engine (no `{% load %}`). Reads only `criteria.rules`; touches no database.
The matrix calls `verdict` hundreds of times a page: its HTML is put together once, when the module is loaded.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from criteria.rules.days import day_text
from criteria.rules.numbers import NBSP, format_number
from criteria.rules.vocabulary import Basis, Tier, Verdict

register = template.Library()

NOTHING = "—"
Number = Decimal | int | float | str | None


def _decimal(value: Number) -> Decimal | None:
    """None for None and "". A float goes through its shortest text, so that 88.2 stays 88,2."""
    if value is None or value == "":
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


@register.filter
def number(value: Number, places: int | None = None) -> str:
    """ "1.234,5": decimal comma, dots for thousands, trailing zeros cut unless `places` is given; None is "—"."""
    return format_number(_decimal(value), places)


@register.filter
def percent(value: Number, places: int | None = None) -> str:
    """ "88,2 %" for 88.2 (0-100, not a share of one); the space never breaks. None is "—"."""
    shown = _decimal(value)
    return NOTHING if shown is None else f"{format_number(shown, places)}{NBSP}%"


@register.filter
def vnd(value: Number) -> str:
    """Whole đồng with the unit: "3.200.000.000 đồng". None is "—"."""
    shown = _decimal(value)
    return NOTHING if shown is None else f"{format_number(shown, 0)}{NBSP}đồng"


@register.filter
def vnd_short(value: Number) -> str:
    """Đồng as people say it: "3,2 tỷ đồng", "450 triệu đồng"; below a million in full. One decimal."""
    shown = _decimal(value)
    if shown is None:
        return NOTHING
    for size, word in ((Decimal(10) ** 9, "tỷ"), (Decimal(10) ** 6, "triệu")):
        if abs(shown) >= size:
            short = format_number(shown / size, 1).removesuffix(",0")
            return f"{short}{NBSP}{word}{NBSP}đồng"
    return vnd(shown)


register.filter("day_text", day_text)


@register.filter
def dmy(value: date | datetime | None) -> str:
    """ "07/10/2022"; a moment is given its day in the time zone of the installation. None is "—"."""
    if not value:
        return NOTHING
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%d/%m/%Y}"


# ---------- verdict, basis, tier ----------
# A basis that is None or unknown leaves the cell without a form ("no data" has none: nothing was stated).


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _verdict_words(verdict: Verdict, basis: Basis | None, provisional: bool) -> str:
    said = _sentence(verdict.label)
    if basis and verdict is not Verdict.NO_DATA:
        said += f" – {basis.label}"
    return said + (" (tạm tính)" if provisional else "")


def _verdict_css(verdict: Verdict, basis: Basis | None, provisional: bool) -> str:
    form = basis.css if basis and verdict is not Verdict.NO_DATA else "b0"
    return f"v {verdict.css} {form}" + (" pv" if provisional else "")


_KEYS = [(v, b, p) for v in Verdict for b in (None, *Basis) for p in (False, True)]
_CSS = {(v.value, b.value if b else "", p): _verdict_css(v, b, p) for v, b, p in _KEYS}
_WORDS = {(v.value, b.value if b else "", p): _verdict_words(v, b, p) for v, b, p in _KEYS}
_CELLS: dict[tuple[str, str, bool], SafeString] = {}
# The same in two halves, for a label between: label, then words.
_OPENINGS: dict[tuple[str, str, bool], str] = {}
for _verdict, _basis, _provisional in _KEYS:
    _key = (_verdict.value, _basis.value if _basis else "", _provisional)
    _said = _WORDS[_key]
    _OPENINGS[_key] = f'<span class="{_CSS[_key]}" role="img"'
    _CELLS[_key] = mark_safe(  # noqa: S308 - only words of our own enums
        f'{_OPENINGS[_key]} title="{_said}" aria-label="{_said}">{_verdict.letter}</span>'
    )


def _key_of(verdict: Verdict | str, basis: Basis | str | None, provisional: object) -> tuple[str, str, bool]:
    return Verdict(verdict).value, Basis(basis).value if basis else "", bool(provisional)


@register.simple_tag(name="verdict")
def verdict_cell(
    value: Verdict | str, basis: Basis | str | None = None, provisional: object = False, label: str = ""
) -> SafeString:
    """The cell with letter, colour, form and words: `{% verdict v basis True label="xã Kỳ Phú, tiêu chí 15" %}`.

    Raises ValueError for a verdict or basis outside the vocabulary: a wrong word must not pass for "no data".
    """
    key = _key_of(value, basis, provisional)
    if not label:
        return _CELLS[key]
    words = f"{conditional_escape(label)}: {_WORDS[key]}"
    letter = Verdict(value).letter
    return mark_safe(  # noqa: S308 - the label is escaped
        f'{_OPENINGS[key]} title="{words}" aria-label="{words}">{letter}</span>'
    )


@register.simple_tag
def verdict_css(value: Verdict | str, basis: Basis | str | None = None, provisional: object = False) -> str:
    """The classes alone ("v v-d b3"), for a link or a button that is itself the cell."""
    return _CSS[_key_of(value, basis, provisional)]


@register.simple_tag
def verdict_words(value: Verdict | str, basis: Basis | str | None = None, provisional: object = False) -> str:
    """The words alone ("Đạt – đã duyệt"), for the title and aria-label of such a link."""
    return _WORDS[_key_of(value, basis, provisional)]


@register.simple_tag
def basis_mark(basis: Basis | str, words: bool = True) -> SafeString:  # noqa: FBT001, FBT002 - template call
    """The form of a basis, with its name unless `words` is False (then the name is there for a screen reader only)."""
    named = Basis(basis)
    name = _sentence(named.label)
    shown = name if words else f'<span class="vh">{name}</span>'
    return mark_safe(f'<span class="form {named.css}" aria-hidden="true"></span> {shown}')  # noqa: S308


@register.simple_tag
def tier_badge(tier: Tier | str, label: str = "") -> SafeString:
    """The badge of a tier: one hue in three depths, one to three stars, and the word."""
    named = Tier(tier)
    stars = f'<svg aria-hidden="true"><use href="{static("icons.svg")}#i-star"/></svg>' * named.stars
    shown = f'<span class="st">{stars}</span>' if stars else ""
    word = conditional_escape(label) if label else _sentence(named.label)
    return mark_safe(f'<span class="tier {named.css}">{shown}{word}</span>')  # noqa: S308


@register.simple_tag
def icon(name: str) -> SafeString:
    """One icon of static/icons.svg, decorative: the word stands beside it or in a `.vh`."""
    return mark_safe(  # noqa: S308
        f'<svg class="i" aria-hidden="true"><use href="{static("icons.svg")}#i-{conditional_escape(name)}"/></svg>'
    )
