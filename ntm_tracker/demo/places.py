"""The units: official codes of the statistics office (before 2025), census of 2009, centre points.

Sources: two independent lists of unit codes that agree; the 2009 census tables and boundaries (MIT). The population
is the census figure, left as it is: a newer one would have to be invented.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from communes.actions.setting_up import NewUnit
from criteria.rules.vocabulary import Level

PROVINCE_CODE, DISTRICT_CODE = "42", "447"
REGION = "bac_trung_bo"
WORKING_DAY = date(2023, 10, 15)
INVENTED = "Số liệu minh họa"
MERGED = {"lam-hop": date(2020, 1, 1)}  # of Kỳ Lâm and Kỳ Hợp


class Place(NamedTuple):
    """A commune. `villages` and `schools` are invented sizes that percentages of small numbers rest on."""

    slug: str
    code: str
    name: str
    area_ha: int
    population_2009: int
    lon: float
    lat: float
    villages: int
    schools: int


PLACES = (
    Place("ky-xuan", "18757", "Kỳ Xuân", 2287, 6316, 106.1847, 18.23713, 10, 4),
    Place("ky-bac", "18760", "Kỳ Bắc", 2016, 4840, 106.15149, 18.22747, 8, 3),
    Place("ky-phu", "18763", "Kỳ Phú", 1557, 8533, 106.24609, 18.20027, 12, 5),
    Place("ky-phong", "18766", "Kỳ Phong", 2933, 6657, 106.15592, 18.17843, 11, 4),
    Place("ky-tien", "18769", "Kỳ Tiến", 1785, 6103, 106.19279, 18.18778, 10, 4),
    Place("ky-giang", "18772", "Kỳ Giang", 1716, 5134, 106.21734, 18.18321, 9, 4),
    Place("ky-dong", "18775", "Kỳ Đồng", 1397, 4814, 106.24312, 18.17107, 8, 4),
    Place("ky-khang", "18778", "Kỳ Khang", 2685, 9547, 106.28028, 18.15666, 14, 5),
    Place("ky-van", "18784", "Kỳ Văn", 2442, 5138, 106.24093, 18.09369, 9, 4),
    Place("ky-trung", "18787", "Kỳ Trung", 3385, 2371, 106.20218, 18.13122, 6, 3),
    Place("ky-tho", "18790", "Kỳ Thọ", 1702, 3926, 106.27167, 18.12176, 8, 3),
    Place("ky-tay", "18793", "Kỳ Tây", 7712, 5311, 106.16187, 18.08573, 10, 4),
    Place("ky-thuong", "18799", "Kỳ Thượng", 13040, 5332, 106.08051, 18.03457, 11, 4),
    Place("ky-hai", "18802", "Kỳ Hải", 767, 3606, 106.30764, 18.10225, 7, 3),
    Place("ky-thu", "18805", "Kỳ Thư", 488, 3006, 106.282, 18.10123, 7, 3),
    Place("ky-chau", "18811", "Kỳ Châu", 194, 2800, 106.29506, 18.08452, 6, 3),
    Place("ky-tan", "18814", "Kỳ Tân", 4118, 6837, 106.24438, 18.04511, 11, 4),
    Place("lam-hop", "18838", "Lâm Hợp", 6111, 5773, 106.17799, 18.03125, 12, 5),
    Place("ky-son", "18844", "Kỳ Sơn", 8999, 5848, 106.13458, 17.96994, 12, 4),
    Place("ky-lac", "18850", "Kỳ Lạc", 10852, 3397, 106.22976, 17.94955, 9, 3),
)
BY_SLUG = {place.slug: place for place in PLACES}

PROVINCE = NewUnit(PROVINCE_CODE, "Hà Tĩnh", "ha-tinh", "tỉnh", Level.PROVINCE, REGION)
DISTRICT = NewUnit(
    DISTRICT_CODE, "Kỳ Anh", "ky-anh", "huyện", Level.DISTRICT, REGION, population=105289, area_ha=Decimal(76186)
)


def communes() -> list[NewUnit]:
    return [
        NewUnit(
            p.code, p.name, p.slug, "xã", Level.COMMUNE, population=p.population_2009, area_ha=Decimal(p.area_ha),
            lon=p.lon, lat=p.lat, valid_from=MERGED.get(p.slug),
        )
        for p in PLACES
    ]  # fmt: skip
