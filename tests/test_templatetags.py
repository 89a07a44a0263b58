"""Numbers, dates and marks as people read them, and the promises of the stylesheets that a test can hold."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Engine
from django.template.loader import render_to_string

from criteria.rules.vocabulary import Basis, Tier, Verdict
from criteria.templatetags import ntm

ROOT = Path(settings.BASE_DIR)
CSS = ROOT / "static" / "css"


def _rendered(source: str, **values: object) -> str:
    engine = Engine(builtins=["criteria.templatetags.ntm"])
    return engine.from_string(source).render(Context(values))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1234.50"), "1.234,5"),
        (Decimal("0"), "0"),
        (0, "0"),
        (88.2, "88,2"),
        ("91.0", "91"),
        (Decimal("-3"), "-3"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_a_number_has_a_decimal_comma_and_nothing_is_not_zero(value: object, shown: str) -> None:
    assert ntm.number(value) == shown  # type: ignore[arg-type]


def test_a_percent_never_breaks_from_its_unit() -> None:
    assert ntm.percent(Decimal("88.20")) == "88,2\u00a0%"
    assert ntm.percent(Decimal("88.2"), 2) == "88,20\u00a0%"
    assert ntm.percent(None) == "—"


def test_money_is_whole_dong_and_short_as_people_say_it() -> None:
    assert ntm.vnd(3_200_000_000) == "3.200.000.000\u00a0đồng"
    assert ntm.vnd_short(3_200_000_000) == "3,2\u00a0tỷ\u00a0đồng"
    assert ntm.vnd_short(450_000_000) == "450\u00a0triệu\u00a0đồng"
    assert ntm.vnd_short(999_999) == "999.999\u00a0đồng"
    assert ntm.vnd_short(None) == ntm.vnd(None) == "—"


def test_a_day_is_written_day_first_and_a_moment_in_local_time() -> None:
    assert ntm.dmy(date(2022, 10, 7)) == "07/10/2022"
    # 20:00 in Greenwich is already the next morning in Hà Tĩnh.
    assert ntm.dmy(datetime(2022, 10, 6, 20, 0, tzinfo=UTC)) == "07/10/2022"
    assert ntm.dmy(None) == "—"


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("basis", list(Basis))
def test_every_cell_has_a_letter_a_colour_a_form_and_words(verdict: Verdict, basis: Basis) -> None:
    cell = ntm.verdict_cell(verdict, basis)
    assert f">{verdict.letter}</span>" in cell
    assert verdict.css in cell
    assert verdict.label[1:] in cell
    if verdict is Verdict.NO_DATA:
        assert "b0" in cell and basis.label not in cell, "nothing was stated, so there is no basis"
    else:
        assert basis.css in cell and basis.label in cell


def test_no_two_cells_look_alike() -> None:
    shown = {ntm.verdict_css(v, b, p) for v in Verdict for b in Basis for p in (False, True)}
    # four verdicts by three bases, and "no data" once, each plain and provisional
    assert len(shown) == (4 * 3 + 1) * 2


def test_a_provisional_conclusion_says_so_and_is_marked_without_colour() -> None:
    cell = ntm.verdict_cell("met", "approved", True)
    assert " pv" in cell and "tạm tính" in cell


def test_the_label_of_a_cell_is_escaped() -> None:
    cell = _rendered("{% verdict v b label=name %}", v=Verdict.MET, b=Basis.SELF, name='<b onclick="x">')
    assert "<b onclick" not in cell and "&lt;b" in cell


def test_a_word_outside_the_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match="almost"):
        ntm.verdict_cell("almost", "approved")


def test_a_tier_carries_its_stars() -> None:
    assert [ntm.tier_badge(tier).count("<svg") for tier in Tier] == [0, 1, 2, 3]


def test_a_basis_is_named_even_where_only_its_form_is_seen() -> None:
    assert "Đã thẩm tra" in ntm.basis_mark("verified", words=False)
    assert 'class="form b2"' in ntm.basis_mark(Basis.VERIFIED)


def test_every_icon_that_a_template_or_module_asks_for_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'id="i-([^"]+)"', (ROOT / "static" / "icons.svg").read_text("utf-8")))
    asked = {
        name
        for template in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', template.read_text("utf-8"))
    }
    assert asked and asked <= drawn, sorted(asked - drawn)


def test_dark_values_are_the_same_for_the_system_and_for_the_readers_choice() -> None:
    text = (CSS / "tokens.css").read_text("utf-8")
    system = re.search(r':not\(\[data-theme="light"\]\) \{(.*?)\}', text, re.S)
    chosen = re.search(r'\n:root\[data-theme="dark"\] \{(.*?)\}', text, re.S)
    assert system and chosen
    assert system[1].split() == chosen[1].split()


def test_every_variable_that_a_stylesheet_uses_is_defined() -> None:
    text = "\n".join(sheet.read_text("utf-8") for sheet in CSS.glob("*.css"))
    used = set(re.findall(r"var\((--[\w-]+)", text))
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    assert used and used <= defined, sorted(used - defined)


def _contrast(one: str, other: str) -> float:
    """Contrast of two #rrggbb colours by WCAG 2.2."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    ("ink", "surface"), ("ink-2", "surface"), ("ink-2", "sunken"),
    ("ink-3", "surface"), ("ink-3", "bg"), ("ink-3", "sunken"),
    ("accent", "surface"), ("accent-on", "accent"), ("accent-strong", "accent-tint"),
    *((f"{v}-on", v) for v in ("met", "not", "none", "na", "unsure", "tier0", "tier1", "tier2", "tier3")),
    *((f"{v}-ink", f"{v}-tint") for v in ("met", "not", "none", "na", "unsure")),
    *((f"{v}-ink", "surface") for v in ("met", "not", "none", "na", "unsure")),
    *((f"{v}-ink", "sunken") for v in ("met", "not", "unsure")),
]  # fmt: skip


def _values(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


@pytest.mark.parametrize("pair", TEXT_PAIRS, ids="-on-".join)
def test_text_is_readable_in_light_and_dark(pair: tuple[str, str]) -> None:
    text = (CSS / "tokens.css").read_text("utf-8")
    light, dark = text.split("@media (prefers-color-scheme: dark)")[:2]
    for values in (_values(light), _values(dark.split("}", 1)[0])):
        assert _contrast(values[pair[0]], values[pair[1]]) >= 4.5


def test_contrast_of_black_on_white_is_twenty_one() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "429", "500"])
def test_an_error_page_stands_without_any_context_and_says_what_to_do(page: str) -> None:
    shown = render_to_string(f"{page}.html")
    assert '<html lang="vi">' in shown
    assert "<li>" in shown or "<p>" in shown
    assert "btn pri" in shown, "there is a way on"


def test_no_template_breaks_the_content_policy() -> None:
    for template in (ROOT / "templates").rglob("*.html"):
        if "pdf" in template.parts or "documents" in template.parts:
            continue  # printed papers never reach a browser
        text = template.read_text("utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:|data:image", text), template.name
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template.name
