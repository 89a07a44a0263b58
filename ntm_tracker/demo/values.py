"""Plausible figures: on the wished side of the bounds in force, near them, and made of counts where people count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from communes.actions.stating import Entry
from criteria.rules.numbers import percent_of
from criteria.rules.rulebook import Measure, Value
from criteria.rules.vocabulary import ExemptionKind, Kind, Op
from ntm_tracker.demo import remarks
from ntm_tracker.demo.places import Place

HUNDRED = Decimal(100)


class Wish(NamedTuple):
    """What a figure shall do: bounds of đạt chuẩn and nâng cao (None where the set does not ask), and which are met."""

    measure: Measure
    op: Op
    standard: Value | None
    advanced: Value | None
    meets_standard: bool
    meets_advanced: bool

    @property
    def single(self) -> tuple[Value | None, bool]:
        """Bound and wish of a measure where one bound is all there is."""
        if self.standard is not None:
            return self.standard, self.meets_standard
        return self.advanced, self.meets_advanced

    def holds(self, value: Decimal) -> bool:
        """Whether a number does what is wished against every bound there is."""
        return self._side(value, self.standard, self.meets_standard) and self._side(
            value, self.advanced, self.meets_advanced
        )

    def _side(self, value: Decimal, bound: Value | None, wished: bool) -> bool:
        if not isinstance(bound, Decimal) or isinstance(bound, bool):
            return True
        return wished is (value <= bound if self.op is Op.AT_MOST else value >= bound)


def figure(wish: Wish, place: Place | None, luck: float, progress: float) -> Entry:
    """What somebody would type. `luck` 0 to 1 is the cell's own; `progress` 0 to 1 makes its later figures better."""
    kind = wish.measure.kind
    if kind is Kind.BOOLEAN:
        bound, met = wish.single
        return Entry(bool(bound) is met)
    if kind is Kind.ORDINAL:
        return Entry(_grade(wish))
    if kind is Kind.COUNT:
        return Entry(_count(wish, luck))
    value = _number(wish, luck, progress)
    counted = SUBJECTS.get(wish.measure.code) if place else None
    if counted is None or place is None:
        return Entry(value)
    return _share(wish, value, counted(place))


def _grade(wish: Wish) -> str:
    bound, met = wish.single
    scale = wish.measure.scale
    rank = scale.index(str(bound)) if bound is not None else 0
    return scale[rank if met else max(rank - 1, 0)]


def _count(wish: Wish, luck: float) -> Decimal:
    bound, met = wish.single
    wanted = bound if isinstance(bound, Decimal) else Decimal(1)
    return wanted + (luck > 0.66) if met else max(wanted - 1, Decimal(0))


def _number(wish: Wish, luck: float, progress: float) -> Decimal:
    """A number with one decimal between the bounds that it shall meet and those that it shall not."""
    low, high = _corridor(wish)
    part = 0.15 + 0.7 * (0.7 * luck + 0.3 * progress)
    exact = low + (high - low) * Decimal(f"{part:.4f}")
    for rounding in (ROUND_FLOOR, ROUND_CEILING):
        value = exact.quantize(Decimal("0.1"), rounding)
        if wish.holds(value):
            return _plain(value)
    return _plain(exact.quantize(Decimal("0.01")))


def _plain(value: Decimal) -> Decimal:
    """Without trailing zeros, as it would be typed: saving 100 over 100,0 would otherwise make a revision."""
    return value.normalize() + 0


def _corridor(wish: Wish) -> tuple[Decimal, Decimal]:
    """From the worse end to the better one."""
    bounds = [b for b in (wish.standard, wish.advanced) if isinstance(b, Decimal) and not isinstance(b, bool)]
    if not bounds:
        return Decimal(14), Decimal(31)
    cap = HUNDRED if wish.measure.kind is Kind.PERCENT else max(bounds) * Decimal("1.6")
    spread = max(max(bounds) * Decimal("0.09"), Decimal("0.6"))
    if wish.measure.kind is Kind.PERCENT and min(bounds) > 90:
        spread = Decimal(5)  # where nearly all is asked for, nobody is far off
    met = [b for b, ok in ((wish.standard, wish.meets_standard), (wish.advanced, wish.meets_advanced))
           if ok and isinstance(b, Decimal)]  # fmt: skip
    missed = [b for b in bounds if b not in met]
    if wish.op is Op.AT_MOST:
        worse = min(met) if met else max(missed) + spread
        return worse, max(missed) if missed else max(worse - spread, worse / 3)
    worse = max(met) if met else max(min(missed) - spread, Decimal(0))
    return worse, min(missed) if missed else min(worse + spread, cap)


def _share(wish: Wish, value: Decimal, total: int) -> Entry:
    """The same as a count of a total: as many as it takes to stay on the wished side."""
    whole = Decimal(total)
    count = min((value * whole / 100).to_integral_value(ROUND_CEILING), whole)
    for step in range(total + 1):
        for candidate in (count + step, count - step):
            if 0 <= candidate <= whole and wish.holds(percent_of(candidate, whole)):
                return Entry(percent_of(candidate, whole), candidate, whole)
    return Entry(value)


def adjusted(entry: Entry, wish: Wish, by: Decimal) -> Entry | None:
    """A reviewer's slightly other number that leads to the same verdicts; None where there is no room for one."""
    if not isinstance(entry.value, Decimal) or wish.measure.kind is Kind.COUNT:
        return None
    value = entry.value.quantize(Decimal("0.1"), ROUND_FLOOR) - by
    found = Entry(_plain(value))
    if entry.numerator is not None and entry.denominator is not None:
        count = (value * entry.denominator / 100).to_integral_value(ROUND_FLOOR)
        found = Entry(percent_of(count, entry.denominator), count, entry.denominator)
    if value <= 0 or not isinstance(found.value, Decimal) or not wish.holds(found.value):
        return None
    small = entry.denominator is not None and entry.denominator < SMALL
    return None if small else replace(found, remark=remarks.ADJUSTED)


SMALL = 100  # of five schools nobody counts half a one less


def no_subject(reason: str) -> Entry:
    zero = Decimal(0)
    return Entry(None, zero, zero, ExemptionKind.NO_SUBJECT, reason)


def not_applicable(reason: str, document: str = "") -> Entry:
    return Entry(None, exemption=ExemptionKind.NOT_APPLICABLE, exemption_reason=reason, document=document)


def _households(place: Place) -> int:
    return round(place.population_2009 / 3.6)


def _people(place: Place) -> int:
    return place.population_2009


def _workers(place: Place) -> int:
    return round(place.population_2009 * 0.54)


def _villages(place: Place) -> int:
    return place.villages


def _schools(place: Place) -> int:
    return place.schools


def _leavers(place: Place) -> int:
    return round(place.population_2009 * 0.015)


def _small_children(place: Place) -> int:
    return round(place.population_2009 * 0.08)


def _officials(place: Place) -> int:
    return 19 + place.villages % 4


def _associations(_: Place) -> int:
    return 5


SUBJECTS: Mapping[str, Callable[[Place], int]] = {
    "bhyt": _people, "so_kham_dien_tu": _people, "xa-nc.14.2": _people, "xa-nc.14.3": _people,
    "dien_an_toan": _households, "nha_kien_co": _households, "ngheo_da_chieu": _households,
    "xa.17.1.a": _households, "nuoc_sach_tap_trung": _households, "ve_sinh_3_sach": _households,
    "phan_loai_rac": _households, "xa-nc.17.4": _households,
    "lao_dong_qua_dao_tao": _workers, "lao_dong_co_chung_chi": _workers, "xa-nc.12.3": _workers,
    "xa.6.3": _villages, "xa.16.1": _villages, "xa-nc.6.3": _villages,
    "xa.5.1": _schools, "xa-nc.5.1": _schools,
    "xa.14.2": _leavers, "xa.15.3": _small_children, "xa.18.1": _officials, "xa.18.3": _associations,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Income:
    """Income grows by hand-made steps, because the ladder of tiers hangs on it."""

    end_2022: float
    autumn_2023: float

    def in_round(self, number: int) -> Decimal:
        value = self.end_2022 - 0.6 * (2 - number) if number < 3 else self.autumn_2023 - 0.4 * (5 - number)
        return Decimal(f"{value:.1f}")
