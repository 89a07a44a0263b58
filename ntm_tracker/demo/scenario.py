"""Who passes what from which round on: the plot behind the figures, everything invented.

Six rounds: the review of spring 2022 and two updates, then three in 2023. A commune has a measure from round 0 to 5,
or never. The outcome that tests hold it to: on 15/10/2023 thirteen communes meet đạt chuẩn as approved, six nâng cao,
one kiểu mẫu, and a few more as verified and as self-assessed.
"""

from __future__ import annotations

import random
from typing import NamedTuple

from communes.rules.workflow import Stage
from ntm_tracker.demo.goals import ADVANCED_2022, ADVANCED_2023, ADVANCED_2024, MODEL_2023, STANDARD_2022

NEVER = 6
LAST = 5
FIRST_ROUND = {2022: 0, 2023: 3}


class Onset(NamedTuple):
    """The round from which đạt chuẩn's bound is met, and that of nâng cao (never the earlier one)."""

    standard: int
    advanced: int


# The latest round by which everything not named below is met.
_STANDARD_BY = {slug: 2 for slug in STANDARD_2022} | {"ky-tien": 3, "ky-van": 3, "ky-xuan": 3, "ky-phong": 3}
_ADVANCED_BY = {"ky-chau": 2, "ky-dong": 2, "ky-giang": 2, "ky-phu": 2, "ky-thu": 3, "ky-bac": 3,
                "ky-tan": 4, "ky-van": 4, "ky-tien": 4}  # fmt: skip
_ALWAYS = ("xa.8.", "xa.19.1", "xa.18.2", "xa.no_debt", "xa.security", "xa-nc.19.1")

FAILS: dict[str, tuple[str, ...]] = {
    "ky-trung": ("nuoc_sach_tap_trung", "xa.2.3", "xa.9.1"),
    "ky-thuong": ("ngheo_da_chieu", "xa.5.1", "xa.17.1.a", "xa.2.2", "xa.9.1", "lao_dong_co_chung_chi"),
    "ky-son": ("so_kham_dien_tu", "xa.6.3", "nuoc_sach_tap_trung", "chat_thai_nhua"),
    "ky-lac": (), "ky-tay": (), "lam-hop": (), "ky-phu": (),
}  # fmt: skip
ADVANCED_FAILS: dict[str, tuple[str, ...]] = {
    "ky-phu": ("bhyt", "dien_an_toan"),
    "ky-khang": ("xa-nc.5.1", "nuoc_sach_tap_trung", "thu_gom_ctr", "xa-nc.17.4", "chan_nuoi_ve_sinh"),
    "ky-xuan": ("xa-nc.5.1", "xa-nc.2.3", "nuoc_sach_tap_trung", "dat_cay_xanh", "xa-nc.13.5", "xa-nc.12.3"),
}
# What is reached in the last round only, and how far that revision has come by the working day.
LATE: dict[tuple[str, str], Stage] = {
    ("ky-lac", "xa.5.1"): Stage.VERIFIED,
    ("ky-tay", "phan_loai_rac"): Stage.SUBMITTED,
    ("lam-hop", "bhyt"): Stage.SUBMITTED,
    ("ky-van", "xa-nc.2.3"): Stage.VERIFIED,
    ("ky-van", "xa-nc.17.6"): Stage.VERIFIED,
    ("ky-tien", "xa-nc.8.2"): Stage.SUBMITTED,
    ("ky-tien", "xa-nc.13.5"): Stage.SUBMITTED,
    ("ky-tien", "xa-nc.17.4"): Stage.SUBMITTED,
    ("ky-giang", "xa.smart_village"): Stage.SUBMITTED,
    ("ky-phu", "linh_vuc.canh_quan_moi_truong"): Stage.SUBMITTED,
}
# Kỳ Phú in the last round: what lies on its desk and on its departments'.
PHU_STAGES = {
    "bhyt": Stage.RETURNED, "xa-nc.8.2": Stage.DRAFT, "phan_loai_rac": Stage.DRAFT, "xa-nc.17.4": Stage.DRAFT,
    "xa-nc.13.5": Stage.WITHDRAWN, "xa-nc.2.2.b": Stage.SUBMITTED, "xa-nc.14.3": Stage.SUBMITTED,
    "xa-nc.5.5": Stage.VERIFIED, "dien_an_toan": Stage.APPROVED,
}  # fmt: skip
# Kỳ Phú's one gap on the way to đạt chuẩn: met in 2022, not in 2023.
PHU_GAP = "dien_an_toan"
# Counts (of 2370 households, 8533 people) in 2023 by round.
PHU_COUNTS = {"dien_an_toan": {3: 2304, 4: 2304, 5: 2311}, "bhyt": {3: 7892, 4: 7941, 5: 8129}}

# In the last round the lead department filled these in: not accepted yet, or accepted and sent by the commune.
FILLED_IN = {("ky-phu", "lao_dong_co_chung_chi"), ("ky-tho", "ngheo_da_chieu"), ("ky-hai", "ngheo_da_chieu")}
ACCEPTED = {("ky-bac", "lao_dong_co_chung_chi")}

NEVER_TYPED = {("ky-thuong", "xa.17.7"), ("ky-thuong", "xa.17.9"), ("ky-thuong", "chan_nuoi_ve_sinh"),
               ("ky-xuan", "xa-nc.14.3"), ("ky-khang", "xa-nc.16.2")}  # fmt: skip
DRAFT_ONLY = {("ky-trung", "chat_thai_nhua"), ("ky-son", "xa.16.1"), ("ky-khang", "xa-nc.12.3")}

MODEL_ONSETS = {
    ("ky-chau", "xa.smart_village"): 3, ("ky-chau", "linh_vuc.chuyen_doi_so"): 3,
    ("ky-giang", "linh_vuc.san_xuat"): 4,
    ("ky-phu", "xa.smart_village"): 4, ("ky-phu", "linh_vuc.san_xuat"): 4,
}  # fmt: skip

# Million đồng a head and year at the end of 2022 and in the autumn of 2023.
INCOME = {
    "ky-xuan": (41.8, 46.2), "ky-bac": (47.5, 53.4), "ky-phu": (51.2, 58.4), "ky-phong": (41.2, 45.9),
    "ky-tien": (44.0, 53.1), "ky-giang": (51.6, 58.2), "ky-dong": (52.0, 56.3), "ky-khang": (43.5, 49.8),
    "ky-van": (43.0, 53.3), "ky-trung": (38.6, 42.7), "ky-tho": (40.9, 45.6), "ky-tay": (41.0, 45.2),
    "ky-thuong": (37.2, 40.8), "ky-hai": (40.5, 45.8), "ky-thu": (48.1, 54.0), "ky-chau": (53.8, 59.6),
    "ky-tan": (46.9, 53.5), "lam-hop": (40.2, 44.9), "ky-son": (37.9, 41.9), "ky-lac": (39.8, 44.6),
}  # fmt: skip

# The district's own measures that are not met from the beginning: from which round, and how far the last revision is.
DISTRICT_ONSETS = {
    "huyen.1.1": 1, "huyen.2.2": LAST, "huyen.2.3": 3, "huyen.5.1": NEVER, "huyen.5.2": 4, "huyen.6.2": 2,
    "huyen.6.3": 3, "huyen.7.2": 4, "huyen.7.4": LAST, "huyen.7.8": LAST, "huyen.8.1": 4, "huyen.8.3": 2,
    "huyen.8.5": 3, "huyen.9.5": 1,
}  # fmt: skip
DISTRICT_LATE = {"huyen.2.2": Stage.VERIFIED, "huyen.7.4": Stage.SUBMITTED, "huyen.7.8": Stage.SUBMITTED}
DISTRICT_EXEMPT = {"huyen.2.4": "Quy hoạch huyện không bố trí bến xe khách tại trung tâm huyện."}


def assesses_advanced(slug: str, year: int) -> bool:
    """Which communes state the measures of nâng cao: those with that goal, a year ahead of it."""
    if slug in ADVANCED_2022 + ADVANCED_2023:
        return True
    return year >= 2023 and slug in ADVANCED_2024


def assesses_model(slug: str, year: int) -> bool:
    return year >= 2023 and slug in MODEL_2023


def onset(slug: str, measure: str) -> Onset:
    """From which rounds a commune meets a measure."""
    if (slug, measure) in LATE:
        return Onset(*((LAST, LAST) if not measure.startswith("xa-nc.") else (NEVER, LAST)))
    if measure.startswith(("linh_vuc.", "xa.smart")):
        model = MODEL_ONSETS.get((slug, measure), NEVER)
        return Onset(model, model)
    if measure in FAILS.get(slug, ()):
        return Onset(NEVER, NEVER)
    rng = random.Random(f"onset {slug} {measure}")  # noqa: S311 -- invented, and the same every time
    standard = _drawn(rng, 0.8, _STANDARD_BY.get(slug, 4), measure)
    return Onset(standard, max(standard, _advanced(rng, slug, measure)))


def _drawn(rng: random.Random, easy: float, latest: int, measure: str) -> int:
    late = rng.random() > easy
    drawn = rng.randint(1, latest)
    return drawn if late and not measure.startswith(_ALWAYS) else 0


def _advanced(rng: random.Random, slug: str, measure: str) -> int:
    if measure in ADVANCED_FAILS.get(slug, ()):
        return NEVER
    latest = _ADVANCED_BY.get(slug)
    if latest is None:
        return rng.choice((1, 3, 4, NEVER)) if slug not in ADVANCED_2024 else rng.choice((0, 1, 3, 4))
    return _drawn(rng, 0.75, latest, measure)
