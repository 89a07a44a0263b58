"""What the office types about the rulebook: the document behind an entry, a number with its scope, a switch.

Numbers are read by `criteria.rules.values.parse_value`, the one rule for every screen; errors stand under the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from criteria.rules.days import DayProblem, day_text, parse_day
from criteria.rules.numbers import clean_text
from criteria.rules.rulebook import Part, Value
from criteria.rules.values import NO, YES, ValueProblem, encode_value, parse_value
from criteria.rules.vocabulary import Kind

FIRST_DOCUMENT = date(1990, 1, 1)
WHOLE_DISTRICT = "huyen"
Choices = Sequence[tuple[str, str]]


class DayField(forms.Field):
    """A day by the one rule of the product (`criteria.rules.days`), in a field that reads day/month/year everywhere."""

    widget = forms.TextInput(
        attrs={
            "class": "day", "inputmode": "numeric", "autocomplete": "off", "maxlength": "14",
            "placeholder": "ngày/tháng/năm",
        }  # fmt: skip
    )

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        try:
            return parse_day(str(value))
        except DayProblem as problem:
            raise forms.ValidationError(str(problem)) from None

    def prepare_value(self, value: Any) -> str:
        return day_text(value)


class DocumentForm(forms.Form):
    """The document that an act rests on. `today` bounds its day."""

    number = forms.CharField(label="Số, ký hiệu văn bản", max_length=80, help_text="Ví dụ: 318/QĐ-TTg")
    signed_on = DayField(label="Ngày ban hành", help_text="Ngày/tháng/năm, ví dụ 08/03/2022")
    issuer = forms.CharField(label="Cơ quan ban hành", max_length=120, help_text="Ví dụ: Thủ tướng Chính phủ")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_number(self) -> str:
        return self._plain("number")

    def clean_issuer(self) -> str:
        return self._plain("issuer")

    def _plain(self, name: str) -> str:
        text = clean_text(self.cleaned_data[name], keep_newlines=False).strip()
        if not text:
            raise forms.ValidationError("Trường này là bắt buộc.")
        return text

    def clean_signed_on(self) -> date:
        day: date = self.cleaned_data["signed_on"]
        if day > self._today:
            raise forms.ValidationError(f"Ngày ban hành không thể sau hôm nay ({self._today:%d/%m/%Y}).")
        if day < FIRST_DOCUMENT:
            raise forms.ValidationError("Ngày ban hành quá xa, kiểm tra lại năm.")
        return day

    @property
    def document(self) -> str:
        """As cited: "318/QĐ-TTg ngày 08/03/2022, Thủ tướng Chính phủ"."""
        cleaned = self.cleaned_data
        return f"{cleaned['number']} ngày {cleaned['signed_on']:%d/%m/%Y}, {cleaned['issuer']}"


class CheckForm(DocumentForm):
    """The library's number is the document's."""

    reason = forms.CharField(label="Ghi chú", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    is_illustrative = forms.BooleanField(
        label="Số liệu minh họa",
        required=False,
        help_text="Chưa có văn bản thật: mọi kết luận dựa vào đây chỉ là tạm tính.",
    )


class EntryForm(CheckForm):
    """The office's own number for one part, with its scope. `value` in `cleaned_data` is a value of the rules."""

    field_order = ["value", "scope", "year", "number", "signed_on", "issuer", "reason", "is_illustrative"]
    value = forms.CharField(label="Ngưỡng", max_length=60)
    scope = forms.ChoiceField(label="Áp dụng cho")
    year = forms.ChoiceField(label="Năm", required=False, help_text="Để “mọi năm” nếu văn bản không chia theo năm.")

    def __init__(self, *args: Any, part: Part, scopes: Choices, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._part = part
        self.fields["value"] = self._value_field(part)
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", "mọi năm"), *((str(y), str(y)) for y in years)]  # type: ignore[attr-defined]
        self.order_fields(self.field_order)

    def _value_field(self, part: Part) -> forms.Field:
        measure = part.measure
        if measure.kind is Kind.BOOLEAN:
            return forms.ChoiceField(label="Yêu cầu", choices=[(YES, measure.yes_label), (NO, measure.no_label)])
        if measure.kind is Kind.ORDINAL:
            return forms.ChoiceField(label="Yêu cầu từ", choices=[(grade, grade) for grade in measure.scale])
        unit = f", tính bằng {measure.unit}" if measure.unit else ""
        return forms.CharField(
            label=f"Ngưỡng ({part.op.label})",
            max_length=60,
            help_text=f"Gõ số như 92 hoặc 92,5{unit}",
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def clean_value(self) -> Value:
        try:
            return parse_value(self._part.measure, self.cleaned_data["value"])
        except ValueProblem as problem:
            raise forms.ValidationError(str(problem)) from None

    def clean_year(self) -> int | None:
        return int(self.cleaned_data["year"]) if self.cleaned_data["year"] else None


class SupplementForm(DocumentForm):
    """Where and in which year a province's supplement counts."""

    field_order = ["supplement", "unit", "year", "is_on", "number", "signed_on", "issuer"]
    supplement = forms.ChoiceField(label="Phần bổ sung")
    unit = forms.ChoiceField(label="Áp dụng cho")
    year = forms.TypedChoiceField(label="Năm", coerce=int)
    is_on = forms.TypedChoiceField(
        label="Việc", choices=[("1", "Áp dụng"), ("0", "Thôi áp dụng")], coerce=lambda text: text == "1"
    )

    def __init__(self, *args: Any, supplements: Choices, units: Choices, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplement"].choices = supplements  # type: ignore[attr-defined]
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["year"].choices = [(str(y), str(y)) for y in years]  # type: ignore[attr-defined]


def initial_of(value: Value | None) -> str:
    """A value as the form shows it before anything is typed: "92,5", "yes", "Khá"."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    return str(encode_value(value)).replace(".", ",")
