"""Goals, and recognitions before and under the new sets.

Said in April 2022: 4 nâng cao in 2022; 8 nâng cao, 1-2 kiểu mẫu and the district in 2023; Kỳ Châu, Kỳ Phú and Kỳ Giang
for kiểu mẫu with their fields. Which communes stand behind 4 and 8 no source says: here they are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from communes.actions.setting_up import NewCount, NewRecognition, NewTarget
from communes.models import Unit
from criteria.rules.vocabulary import Tier
from ntm_tracker.demo.law import ADVANCED, STANDARD
from ntm_tracker.demo.places import INVENTED, PLACES

PLAN = "Khung kế hoạch trình Ban Thường vụ Huyện ủy ngày 15/4/2022"
PLANNED_ON = date(2022, 4, 20)

ADVANCED_2022 = ("ky-chau", "ky-dong", "ky-giang", "ky-phu")
ADVANCED_2023 = ("ky-thu", "ky-bac", "ky-tan", "ky-van")
ADVANCED_2024 = ("ky-tien", "ky-khang", "ky-xuan")
MODEL_2023 = {
    "ky-chau": ("chuyen_doi_so",),
    "ky-phu": ("san_xuat", "canh_quan_moi_truong"),
    "ky-giang": ("san_xuat", "canh_quan_moi_truong"),
}
STANDARD_2022 = (*ADVANCED_2022, "ky-thu", "ky-bac", "ky-tan", "ky-khang")

COUNTS = (
    NewCount(2022, Tier.ADVANCED, 4, 4),
    NewCount(2023, Tier.STANDARD, 20, 20),
    NewCount(2023, Tier.ADVANCED, 8, 8),
    NewCount(2023, Tier.MODEL, 1, 2),
)


def targets(units: Mapping[str, Unit], district: Unit) -> list[NewTarget]:
    """Every commune's đạt chuẩn, the further tiers of those that aim higher, and the district's own."""
    found = [NewTarget(district, 2023, Tier.STANDARD, document=PLAN)]
    for place in PLACES:
        year = 2022 if place.slug in STANDARD_2022 else 2023
        found.append(NewTarget(units[place.slug], year, Tier.STANDARD, document=INVENTED))
    for year, slugs in ((2022, ADVANCED_2022), (2023, ADVANCED_2023), (2024, ADVANCED_2024)):
        found += [NewTarget(units[slug], year, Tier.ADVANCED, document=INVENTED) for slug in slugs]
    found += [NewTarget(units[slug], 2023, Tier.MODEL, fields, PLAN) for slug, fields in MODEL_2023.items()]
    return found


OLD_FAMILY = "xa-ntm-2016-2020"
QD_218, QD_283 = ("218/QĐ-UBND", date(2021, 1, 15)), ("283/QĐ-UBND", date(2022, 1, 26))
UNKNOWN = "Chưa rõ số"
UNKNOWN_ON = date(2020, 12, 31)
OLD_STANDARD = {"lam-hop": (2020, *QD_218), "ky-lac": (2021, *QD_283), "ky-tay": (2021, *QD_283)}
OLD_ADVANCED = ("ky-phu", "ky-chau", "ky-dong", "ky-giang")
UNKNOWN_NOTE = "Số và ngày quyết định chưa rõ; ngày ghi ở đây chỉ để xếp thứ tự."
OLD_NOTE = "Theo bộ tiêu chí giai đoạn 2016-2020; chưa được rà soát lại theo bộ mới."


def old_recognitions(units: Mapping[str, Unit]) -> list[NewRecognition]:
    """What the communes held in April 2022: all 20 đạt chuẩn, four nâng cao, under the set of 2016-2020."""
    found = []
    for place in PLACES:
        unit = units[place.slug]
        if known := OLD_STANDARD.get(place.slug):
            year, decision, day = known
            found.append(NewRecognition(unit, OLD_FAMILY, Tier.STANDARD, year, decision, day, note=OLD_NOTE))
        else:
            found.append(
                NewRecognition(unit, OLD_FAMILY, Tier.STANDARD, 2020, UNKNOWN, UNKNOWN_ON, is_illustrative=True,
                               note=f"{OLD_NOTE} {UNKNOWN_NOTE}")
            )  # fmt: skip
    found += [
        NewRecognition(units[slug], OLD_FAMILY, Tier.ADVANCED, 2021, *QD_283, note=OLD_NOTE) for slug in OLD_ADVANCED
    ]
    return found


RECOGNISED_ON = {2022: date(2022, 12, 30), 2023: date(2023, 6, 30)}
APPRAISED_ON = {2022: date(2022, 12, 23), 2023: date(2023, 6, 22)}
# By year: newly recognised under the new sets. 12 đạt chuẩn and 5 nâng cao in all, nobody kiểu mẫu yet.
RECOGNISED: dict[int, dict[str, tuple[str, ...]]] = {
    2022: {STANDARD: STANDARD_2022, ADVANCED: ("ky-chau", "ky-dong", "ky-giang")},
    2023: {STANDARD: ("ky-tien", "ky-van", "ky-xuan", "ky-phong"), ADVANCED: ("ky-thu", "ky-bac")},
}
NUMBERS = {(2022, STANDARD): "3101", (2022, ADVANCED): "3102", (2023, STANDARD): "1601", (2023, ADVANCED): "1602"}
TIERS = {STANDARD: Tier.STANDARD, ADVANCED: Tier.ADVANCED}
SIGNER = "Chủ tịch UBND tỉnh (minh họa)"


def new_recognitions(units: Mapping[str, Unit], year: int) -> list[NewRecognition]:
    return [
        NewRecognition(
            units[slug], family, TIERS[family], year, f"{NUMBERS[year, family]}/QĐ-UBND (minh họa)",
            RECOGNISED_ON[year], signer=SIGNER, is_illustrative=True, note=INVENTED,
        )
        for family, slugs in RECOGNISED[year].items()
        for slug in slugs
    ]  # fmt: skip
