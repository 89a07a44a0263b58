"""What a page of the rulebook is about: district, unit, region, year, as-of day, read from the address.

A wrong value is a 400 in Vietnamese, an unknown unit a 404. Units live in an upper floor: the URL map may pass
`places_of`, which names the district and its communes with their places; without it a page knows the district
by its code alone and takes the region from `settings.NTM_DEFAULT_REGION`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest

from accounts.models import Installation
from accounts.roles import Standing
from criteria.address import FIRST_YEAR, LAST_YEAR, day_in, year_in
from criteria.rules.library import Region
from criteria.rules.thresholds import Place


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A unit as the rulebook needs it: official code, name for people, where its thresholds are asked for, and its
    name in addresses ("" where nobody named the units)."""

    code: str
    name: str
    place: Place
    slug: str = ""


PlacesOf = Callable[[str, date], Sequence[NamedPlace]]
"""(district code, day) -> the district itself first, then its communes."""


@dataclass(frozen=True)
class Looking:
    """`here` is the district or one of its communes; `region` the column of the annex that is read."""

    standing: Standing
    district: str
    places: tuple[NamedPlace, ...]
    here: NamedPlace
    region: str
    year: int
    as_of: date
    today: date
    chosen: tuple[tuple[str, str], ...]

    @property
    def place(self) -> Place:
        return replace(self.here.place, region=self.region)

    @property
    def region_label(self) -> str:
        return region_label(self.region)

    @property
    def is_own_region(self) -> bool:
        return self.region == self.here.place.region

    @property
    def years(self) -> list[tuple[str, str, bool]]:
        last = max(self.year, min(self.today.year, LAST_YEAR), 2025)
        return [(str(year), str(year), year == self.year) for year in range(FIRST_YEAR, last + 1)]

    @property
    def regions(self) -> list[tuple[str, str, bool]]:
        return [(region.value, region.label, region.value == self.region) for region in Region]

    @property
    def units(self) -> list[tuple[str, str, bool]]:
        return [(one.code, one.name, one.code == self.here.code) for one in self.places]

    @property
    def codes(self) -> list[str]:
        return [one.code for one in self.places]

    def name_of(self, code: str) -> str:
        return next((one.name for one in self.places if one.code == code), f"mã {code}")

    def query(self, **changes: str) -> str:
        """What was chosen, with changes; an empty value takes a choice out."""
        chosen = {**dict(self.chosen), **changes}
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def kept_by_bar(self) -> list[tuple[str, str]]:
        """What was chosen beside year and day, as hidden fields of the bar that asks for these."""
        return [(name, value) for name, value in self.chosen if name not in ("nam", "ngay")]

    @property
    def kept_by_place(self) -> list[tuple[str, str]]:
        """The same for the form that asks for unit and region."""
        return [(name, value) for name, value in self.chosen if name not in ("vung", "xa")]


def region_label(code: str) -> str:
    """The column's name; a number without a region holds for the whole country."""
    return next((region.label for region in Region if region.value == code), code or "Cả nước")


def looking(request: HttpRequest, places_of: PlacesOf | None, *, today_only: bool = False) -> Looking:
    """Read the address. Raises BadRequest, Http404, and PermissionDenied for somebody without a seat."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    today: date = request.today  # type: ignore[attr-defined]
    district = _district(request, standing)
    as_of = today if today_only else day_in(request.GET.get("ngay"), today)
    places = tuple(places_of(district, as_of)) if places_of else ()
    if not places:
        places = (NamedPlace(district, "Toàn huyện", Place((district,), "")),)
    here = _unit(request.GET.get("xa"), places)
    if not here.place.region:
        here = replace(here, place=replace(here.place, region=settings.NTM_DEFAULT_REGION))
    region = _region(request.GET.get("vung"), here.place.region)
    year = year_in(request.GET.get("nam"), as_of)
    names = ("nam", "ngay", "vung", "xa", "huyen")
    chosen = tuple((name, request.GET[name]) for name in names if request.GET.get(name))
    return Looking(standing, district, places, here, region, year, as_of, today, chosen)


def _district(request: HttpRequest, standing: Standing) -> str:
    installed: Installation = request.installation  # type: ignore[attr-defined]
    own = sorted(standing.districts)
    if not own:
        raise PermissionDenied("Anh/chị hiện không giữ vị trí công tác nào nên chưa xem được bộ tiêu chí.")
    wanted = request.GET.get("huyen") or installed.home_district
    if wanted in own:
        return wanted
    if request.GET.get("huyen"):
        raise Http404
    return own[0]


def _unit(code: str | None, places: Sequence[NamedPlace]) -> NamedPlace:
    if not code:
        return places[0]
    for one in places:
        if code in (one.code, one.slug):
            return one
    raise Http404


def _region(code: str | None, own: str) -> str:
    if not code:
        return own
    if code not in {region.value for region in Region}:
        raise BadRequest("Vùng trong địa chỉ không có trong phụ lục của quyết định.")
    return code
