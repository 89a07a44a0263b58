"""Words of plans and directives, with the Vietnamese label on each: rules, models, forms and pages share one word.
Those of the schedule itself (kinds of links and of days) stand with it in `plans.rules.network`."""

from __future__ import annotations

from criteria.rules.vocabulary import LabelledEnum


class PlanLevel(LabelledEnum):
    """District frame → commune plan → personal plan."""

    DISTRICT = "district", "khung của huyện"
    COMMUNE = "commune", "kế hoạch xã"
    PERSONAL = "personal", "kế hoạch cá nhân"


class DirectiveKind(LabelledEnum):
    """Kinds of documents that give work, in the words of decree 30/2020/NĐ-CP where it has them."""

    CONCLUSION = "conclusion", "Thông báo kết luận"
    RESOLUTION = "resolution", "Nghị quyết"
    DECISION = "decision", "Quyết định"
    DIRECTIVE = "directive", "Chỉ thị"
    PLAN = "plan", "Kế hoạch"
    LETTER = "letter", "Công văn"
    OTHER = "other", "Văn bản khác"


class ItemState(LabelledEnum):
    """What became of one item of a directive; follows from its facts and the day."""

    OPEN = "open", "đang làm"
    LATE = "late", "quá hạn"
    REPORTED = "reported", "đã báo xong, chờ xác nhận"
    DONE = "done", "đã xong"
