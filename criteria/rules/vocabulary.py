"""The words every floor shares. Vietnamese labels sit on the enums, so that rules, forms and templates
use one word. Values are stored in the database and in the library: never rename one."""

from __future__ import annotations

from enum import StrEnum


class LabelledEnum(StrEnum):
    """A string enum whose members carry a Vietnamese label for people."""

    label: str

    def __new__(cls, value: str, label: str) -> LabelledEnum:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs (value, label) in order of definition, for forms and model fields."""
        return [(member.value, member.label) for member in cls]


class Verdict(LabelledEnum):
    """What the engine concludes about an indicator, criterion, condition, set or tier (product.md section 3)."""

    MET = "met", "đạt"
    NOT_MET = "not_met", "chưa đạt"
    NO_DATA = "no_data", "chưa có số liệu"
    UNDETERMINED = "undetermined", "chưa đủ căn cứ"
    EXEMPT = "exempt", "không áp dụng"

    @property
    def letter(self) -> str:
        return _LETTERS[self]

    @property
    def css(self) -> str:
        return "v-" + _CSS[self]

    @property
    def counts_as_met(self) -> bool:
        """Exempt counts as met and is listed (product.md, rules)."""
        return self is Verdict.MET or self is Verdict.EXEMPT

    @property
    def is_unknown(self) -> bool:
        return self is Verdict.NO_DATA or self is Verdict.UNDETERMINED


_LETTERS = {
    Verdict.MET: "Đ",
    Verdict.NOT_MET: "C",
    Verdict.NO_DATA: "–",
    Verdict.UNDETERMINED: "?",
    Verdict.EXEMPT: "K",
}
_CSS = {
    Verdict.MET: "d",
    Verdict.NOT_MET: "c",
    Verdict.NO_DATA: "n",
    Verdict.UNDETERMINED: "q",
    Verdict.EXEMPT: "k",
}


class Basis(LabelledEnum):
    """Whose statement a conclusion rests on. Never mixed, never in one colour: the form of a cell tells it."""

    SELF = "self", "tự đánh giá"
    VERIFIED = "verified", "đã thẩm tra"
    APPROVED = "approved", "đã duyệt"

    @property
    def css(self) -> str:
        return {"self": "b1", "verified": "b2", "approved": "b3"}[self.value]

    @property
    def slug(self) -> str:
        """The word in addresses (`co-so=`)."""
        return _BASIS_SLUGS[self]

    @classmethod
    def from_slug(cls, slug: str) -> Basis | None:
        return next((basis for basis, word in _BASIS_SLUGS.items() if word == slug), None)


_BASIS_SLUGS = {Basis.SELF: "tu-danh-gia", Basis.VERIFIED: "tham-tra", Basis.APPROVED: "duyet"}


class Tier(LabelledEnum):
    """The rungs of the ladder. They are cumulative: nâng cao includes đạt chuẩn."""

    NONE = "none", "chưa đạt chuẩn"
    STANDARD = "standard", "đạt chuẩn"
    ADVANCED = "advanced", "nâng cao"
    MODEL = "model", "kiểu mẫu"

    @property
    def stars(self) -> int:
        return list(Tier).index(self)

    @property
    def css(self) -> str:
        return f"t{self.stars}"


class Level(LabelledEnum):
    """What kind of unit a set, a measure or a unit is for."""

    PROVINCE = "province", "tỉnh"
    DISTRICT = "district", "huyện"
    COMMUNE = "commune", "xã"


class Kind(LabelledEnum):
    """How a measure is stated."""

    NUMBER = "number", "số"
    PERCENT = "percent", "tỷ lệ %"
    COUNT = "count", "số đếm"
    BOOLEAN = "boolean", "có hoặc không"
    ORDINAL = "ordinal", "xếp loại"


class Op(LabelledEnum):
    """How a value is compared with its bound."""

    AT_LEAST = ">=", "≥"
    AT_MOST = "<=", "≤"
    EQUALS = "==", "="


class Confidence(LabelledEnum):
    """How sure the library is of a number (criteria README): an outside source states it, memory, doubtful memory."""

    HIGH = "high", "có nguồn xác nhận"
    MEDIUM = "medium", "chưa có bản gốc, độ tin cậy khá"
    LOW = "low", "còn nghi ngờ"


class CheckState(LabelledEnum):
    """Whether a person of the coordination office has held the number against the document."""

    CHECKED = "checked", "đã đối chiếu"
    UNCHECKED = "unchecked", "chưa đối chiếu"
    ILLUSTRATIVE = "illustrative", "số liệu minh họa"
    MISSING = "missing", "chưa có ngưỡng"


class ConditionKind(LabelledEnum):
    """What a tier asks beside (or through) its criteria."""

    CRITERIA_MET = "criteria_met", "mọi tiêu chí của bộ"
    REQUIRES_SET = "requires_set", "đạt bộ tiêu chí bậc dưới"
    MEASURE = "measure", "số đo có ngưỡng"
    RATIO = "ratio", "so với ngưỡng của bộ khác"
    CHOOSE = "choose", "chọn ít nhất trong danh mục"
    SURVEY = "survey", "khảo sát hài lòng"
    SURVEY_EACH = "survey_each", "khảo sát hài lòng từng xã, từng nội dung"
    SHARE_OF_COMMUNES = "share_of_communes", "tỷ lệ số xã"
    SHARE_OF_TOWNS = "share_of_towns", "tỷ lệ số thị trấn"


class ExemptionKind(LabelledEnum):
    """Why a measure does not apply; each is verified like a value."""

    NONE = "", "có áp dụng"
    NOT_APPLICABLE = "not_applicable", "không áp dụng"
    NO_SUBJECT = "no_subject", "không có đối tượng"
