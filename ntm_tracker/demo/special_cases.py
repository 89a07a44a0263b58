"""Where a measure does not apply, where a reviewer sees it otherwise, and where nothing is recognised: invented."""

from __future__ import annotations

from datetime import date

from communes.actions.stating import Entry
from ntm_tracker.demo.law import ADVANCED, STANDARD
from ntm_tracker.demo.places import INVENTED
from ntm_tracker.demo.values import no_subject, not_applicable

GRANT_DOCUMENT = f"Công văn của Văn phòng Điều phối NTM huyện ({INVENTED.lower()})"
GRANT_REASON = "Xã không có chợ trong quy hoạch; người dân dùng chợ xã liền kề."
GRANTED_ON = {2022: date(2022, 4, 22), 2023: date(2023, 2, 20)}
# Where the indicator itself allows no exemption the office grants it, by a document.
GRANTED = {"xa.7.1": ("ky-trung", "ky-hai")}

_CRAFT_VILLAGES, _TOURISM, _LANDFILLS = ("ky-xuan", "ky-phong"), ("ky-phu", "ky-xuan", "ky-khang"), ("ky-phong",)
_ONLY_IN = {
    "xa.13.4": (_CRAFT_VILLAGES, "Xã không có làng nghề."),
    "xa-nc.13.7": (_TOURISM, "Xã không có điểm du lịch."),
    "xa-nc.18.8": (_LANDFILLS, "Xã không có bãi chôn lấp."),
}
_NOT_IN = {"xa-nc.7.1": (("ky-thu", "ky-chau"), "Xã không có chợ trong quy hoạch.")}
_NOBODY = {
    "xa-nc.18.6": (("ky-chau", "ky-thu", "ky-bac"), "Trên địa bàn không có cơ sở sơ chế, chế biến (0 cơ sở)."),
    "xa-nc.16.3": (("ky-thu",), "Trong năm không phát sinh người thuộc đối tượng trợ giúp pháp lý."),
}


def exemption(slug: str, measure: str) -> Entry | None:
    """What a commune states instead of a value; None where the measure applies."""
    if slug in GRANTED.get(measure, ()):
        return not_applicable(GRANT_REASON, GRANT_DOCUMENT)
    if measure in _ONLY_IN:
        having, reason = _ONLY_IN[measure]
        return None if slug in having else not_applicable(reason)
    for table, make in ((_NOT_IN, not_applicable), (_NOBODY, no_subject)):
        lacking, reason = table.get(measure, ((), ""))
        if slug in lacking:
            return make(reason)
    return None


# Verified as chưa đạt though the commune stated đạt, in 2023.
DOUBTED = {("ky-thuong", "xa.17.5"), ("ky-khang", "xa-nc.17.1"), ("ky-xuan", "xa-nc.18.2"), ("ky-son", "xa.13.2")}

# "Không công nhận": the value stands, the indicator does not.
REFUSED = {
    ("ky-trung", "xa.17.3"): (
        f"{STANDARD}:17.3",
        "Không công nhận: tại thời điểm kiểm tra còn tồn đọng nước thải ở khu dân cư trung tâm xã.",
    ),
    ("ky-khang", "xa-nc.6.1"): (
        f"{ADVANCED}:6.1",
        "Không công nhận: dụng cụ thể thao ngoài trời đã hỏng, chưa sửa chữa.",
    ),
}
APPRAISAL_REFUSED = {
    ("ky-phu", "xa-nc.17.4", 2022): (
        f"{ADVANCED}:17.4",
        "Không công nhận: nhiều hộ được tính chưa có công trình xử lý nước thải vận hành thường xuyên.",
    ),
}
