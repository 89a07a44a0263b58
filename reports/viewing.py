"""What somebody looks at: district, year, set, basis, as-of day. Chosen once, kept in the address, shown on prints.

Every wrong value in an address is a 400 in Vietnamese, never a guess and never a 500.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest

from accounts.roles import Standing
from communes.address import home_district
from communes.models import Unit
from communes.policies import bases_seen
from criteria.address import FIRST_YEAR, day_in, year_in
from criteria.queries import BooksInForce, UnknownSet, books_in_force
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Basis, Level

ALL_BASES = "ca-ba"


@dataclass(frozen=True)
class Viewing:
    """`basis` is None for all three at once (the matrix). `books` are the sets in force on the day for the year."""

    district: Unit
    year: int
    book: Rulebook
    books: BooksInForce
    basis: Basis | None
    as_of: date
    today: date
    allowed: tuple[Basis, ...]
    all_three: bool = False
    level: Level = Level.COMMUNE

    @property
    def bases(self) -> tuple[Basis, ...]:
        """The bases to judge on, weakest first."""
        return self.allowed if self.basis is None else (self.basis,)

    @property
    def strongest(self) -> Basis:
        return self.bases[-1]

    @property
    def day(self) -> str:
        """The as-of day for the date field; "" for today."""
        return "" if self.as_of == self.today else self.as_of.isoformat()

    @property
    def shown_query(self) -> str:
        return self.query()

    @property
    def district_query(self) -> str:
        """The same year, basis and day for a page of the district, which has sets of its own."""
        return self.query(bo="")

    @property
    def basis_label(self) -> str:
        return "cả ba cơ sở" if self.basis is None else self.basis.label

    def query(self, **changes: str) -> str:
        """The same view as a query string, with changes; the day only where it is not today."""
        chosen = {"nam": str(self.year), "bo": self.book.family, "co-so": self.basis.slug if self.basis else ALL_BASES}
        if self.as_of != self.today:
            chosen["ngay"] = self.as_of.isoformat()
        chosen.update(changes)
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def years(self) -> list[tuple[str, str, bool]]:
        return [(str(y), str(y), y == self.year) for y in range(self.book.period[0], self._last_year + 1)]

    @property
    def _last_year(self) -> int:
        return max(min(self.book.period[1], self.today.year), self.year)

    @property
    def sets(self) -> list[tuple[str, str, bool]]:
        return [
            (b.family, f"{b.short_name} ({b.version})", b.family == self.book.family)
            for b in self.books.of_level(self.level)
        ]

    @property
    def basis_choices(self) -> list[tuple[str, str, bool]]:
        choices = [(b.slug, _sentence(b.label), b is self.basis) for b in reversed(self.allowed)]
        if self.all_three and len(self.allowed) > 1:
            choices.append((ALL_BASES, "Cả ba", self.basis is None))
        return choices


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def viewing(
    request: HttpRequest,
    *,
    level: Level = Level.COMMUNE,
    all_three: bool = False,
    commune: Unit | None = None,
    family: str | None = None,
    year: int | None = None,
) -> Viewing:
    """Read the address. `family` and `year` from the path win over the query. Raises BadRequest or Http404."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    today: date = request.today  # type: ignore[attr-defined]
    # A commune is looked at in its own district, whatever other seats the person holds.
    district = commune.parent if commune is not None and commune.parent is not None else home_district(request)
    as_of = day_in(request.GET.get("ngay"), today)
    year = year if year is not None else year_in(request.GET.get("nam"), as_of)
    books = books_in_force(as_of, year=year)
    if not books.of_level(level) and "nam" not in request.GET:
        year, books = _last_covered(as_of, level)
    book = _book(books, family or request.GET.get("bo"), level)
    allowed = bases_seen(standing, district.code, commune.code if commune else None)
    basis = _basis(request.GET.get("co-so"), allowed, all_three)
    return Viewing(district, year, book, books, basis, as_of, today, allowed, all_three, level)


def _last_covered(as_of: date, level: Level) -> tuple[int, BooksInForce]:
    """With nothing in force for the year itself (after 2025), the last year that a set covers."""
    books = books_in_force(as_of)
    years = [book.period[1] for book in books.of_level(level)]
    if not years:
        raise BadRequest("Chưa có bộ tiêu chí nào có hiệu lực vào ngày này.")
    year = min(max(years), max(as_of.year, FIRST_YEAR))
    return year, books_in_force(as_of, year=year)


def _book(books: BooksInForce, family: str | None, level: Level) -> Rulebook:
    if not family:
        found = books.of_level(level)
        if not found:
            raise BadRequest("Năm này chưa có bộ tiêu chí nào có hiệu lực. Chọn năm khác.")
        return found[0]
    try:
        book = books.book(family)
    except UnknownSet:
        raise Http404 from None
    if book.level is not level:
        raise BadRequest("Bộ tiêu chí này không dùng cho cấp đang xem.")
    return book


def _basis(text: str | None, allowed: tuple[Basis, ...], all_three: bool) -> Basis | None:
    if not text:
        return None if all_three and len(allowed) > 1 else allowed[-1]
    if text == ALL_BASES:
        # A link may carry it from the matrix to a page that shows one basis: the strongest then.
        return None if all_three and len(allowed) > 1 else allowed[-1]
    basis = Basis.from_slug(text)
    if basis is None:
        raise BadRequest("Cơ sở trong địa chỉ phải là duyet, tham-tra hoặc tu-danh-gia.")
    return basis if basis in allowed else allowed[-1]
