"""What is typed into the working screens: fields of a row, of a decision, of a survey, as plain values or a sentence.

A field of a row is named by one letter and the code of its measure: `v` value, `x` không áp dụng, `l` its reason,
`d` its document, `g` remark, `p` the version seen, `o` the fingerprint of what the page showed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.exceptions import BadRequest

from communes.actions.base_data import LONGEST_SOURCE, FigureEntry
from communes.actions.stating import Entry
from communes.models import Statement
from communes.queries.base_data import Figure
from communes.queries.entry import typed_text
from criteria.models import BaseQuantity
from criteria.rules.facts import SurveyRow
from criteria.rules.numbers import (
    NumberProblem,
    clean_text,
    format_number,
    parse_fraction,
    parse_number,
    percent_of,
)
from criteria.rules.rulebook import Measure
from criteria.rules.values import ValueProblem, decode_value, parse_value
from criteria.rules.vocabulary import ExemptionKind, Kind

LONGEST_VALUE, LONGEST_LINE, LONGEST_TEXT = 60, 300, 2000
MOST_PAPERS = 1_000_000
NOBODY_TO_COUNT = "Mẫu số bằng 0"

# Canned reasons of those who return something; an own text is always possible.
RETURN_REASONS = (
    "Số liệu chênh với số liệu của ngành; đề nghị kiểm tra lại.",
    "Thiếu căn cứ, minh chứng kèm theo.",
    "Minh chứng không đúng kỳ đánh giá.",
    "Thiếu chữ ký, con dấu xác nhận.",
    "Cách tính chưa đúng hướng dẫn.",
)

Posted = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of one row as they were typed; `seen` tells whether anything differs from what the page showed."""

    value: str = ""
    is_exempt: bool = False
    reason: str = ""
    document: str = ""
    remark: str = ""
    version: int = 0
    seen: str = ""

    @property
    def is_changed(self) -> bool:
        return self.seen != fingerprint(self.value, self.is_exempt, self.reason, self.document, self.remark)


def fingerprint(value: str, is_exempt: bool, reason: str, document: str, remark: str) -> str:  # noqa: FBT001
    """Short name of a row's content. White space is levelled, because an input field drops line breaks."""
    parts = [" ".join(text.split()) for text in (value, str(is_exempt), reason, document, remark)]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:12]


def typed_in(posted: Posted, code: str) -> Typed | None:
    """The row of a measure, None where the page sent none. Raises BadRequest for a version that is no number."""
    version = posted.get(f"p-{code}")
    if version is None:
        return None

    def line(letter: str) -> str:
        return clean_text(posted.get(f"{letter}-{code}", "")).strip()

    return Typed(
        line("v"), f"x-{code}" in posted, line("l"), line("d"), line("g"), number_in(version),
        posted.get(f"o-{code}", ""),
    )  # fmt: skip


def number_in(text: str | None) -> int:
    """A version or an id of a hidden field. Raises BadRequest for what no page of ours sends."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    return int(text)


def entry_of(
    measure: Measure, typed: Typed, *, allowed: str | None, stored: str = "", base: Decimal | None = None
) -> Entry:
    """What a row states. `allowed` is why the measure may be không áp dụng here (None: it may not), `stored` the value
    text that stands now, `base` the figure that "2340/" is completed with. Raises ValueProblem with the sentence for
    the cell."""
    _check_lengths(typed)
    if typed.is_exempt:
        return _exemption(typed, allowed, stored)
    if not typed.value:
        return Entry(None, remark=typed.remark)
    return _valued(measure, _completed(measure, typed, base))


def _completed(measure: Measure, typed: Typed, base: Decimal | None) -> Typed:
    """A numerator with an open stroke ("2340/") takes the base figure as its denominator."""
    if measure.kind is not Kind.PERCENT or not typed.value.endswith("/"):
        return typed
    if base is None:
        raise ValueProblem(
            f"Chưa có số liệu nền làm mẫu số cho “{typed.value}”. Gõ đủ dạng tử số/mẫu số, hoặc nhập số liệu nền trước."
        )
    return replace(typed, value=f"{typed.value}{format_number(base).replace('.', '')}")


def _check_lengths(typed: Typed) -> None:
    if len(typed.value) > LONGEST_VALUE:
        raise ValueProblem(
            f"Ô kết quả dài quá {LONGEST_VALUE} ký tự. Chỉ nhập số hoặc phân số; lời giải thích ghi ở cột ghi chú."
        )
    if len(typed.document) > LONGEST_LINE:
        raise ValueProblem(f"Tên văn bản dài quá {LONGEST_LINE} ký tự. Ghi số, ngày và cơ quan ban hành là đủ.")
    if max(len(typed.remark), len(typed.reason)) > LONGEST_TEXT:
        raise ValueProblem(f"Ghi chú hoặc lý do dài quá {LONGEST_TEXT} ký tự. Rút gọn rồi lưu lại.")


def _exemption(typed: Typed, allowed: str | None, stored: str) -> Entry:
    if allowed is None:
        raise ValueProblem(
            "Chỉ tiêu này không có trường hợp không áp dụng. "
            "Văn phòng Điều phối NTM huyện có thể cho phép bằng văn bản."
        )
    if typed.value and typed.value != stored:
        raise ValueProblem("Vừa nhập số vừa đánh dấu “không áp dụng”. Giữ lại một trong hai.")
    return Entry(
        None, exemption=ExemptionKind.NOT_APPLICABLE, exemption_reason=typed.reason or allowed,
        document=typed.document, remark=typed.remark,
    )  # fmt: skip


def _valued(measure: Measure, typed: Typed) -> Entry:
    try:
        share = parse_fraction(typed.value) if measure.kind is Kind.PERCENT else None
    except NumberProblem as problem:
        raise ValueProblem(str(problem)) from None
    if share is None:
        return Entry(parse_value(measure, typed.value), remark=typed.remark)
    if share.denominator == 0:
        return Entry(
            None, share.numerator, share.denominator, ExemptionKind.NO_SUBJECT, NOBODY_TO_COUNT, remark=typed.remark
        )
    return Entry(percent_of(*share), share.numerator, share.denominator, remark=typed.remark)


def result_entry(measure: Measure, stated: Statement, typed: Typed, *, missing: str) -> Entry:
    """What somebody found who checked a statement: the same (an exemption keeps its reason), or another value.
    Raises ValueProblem, with the sentence `missing` for an emptied field."""
    _check_lengths(typed)
    if typed.value == typed_text(measure, stated):
        return Entry(
            decode_value(measure.kind, stated.value), stated.numerator, stated.denominator,
            ExemptionKind(stated.exemption), stated.exemption_reason, typed.document or stated.document, typed.remark,
        )  # fmt: skip
    if not typed.value:
        raise ValueProblem(missing)
    return replace(entry_of(measure, typed, allowed=None), document=typed.document)


@dataclass(frozen=True)
class Decision:
    """What a reviewer decided about one revision, bound to what was on the screen."""

    act: str
    value: str
    remark: str
    reason: str
    refused: Mapping[str, str]
    result: int | None
    # The mark of the papers that were beside the figure, and the papers themselves, to tell what changed since.
    evidence: str | None = None
    papers: str = ""
    # The day by which a return shall come back, as it was typed.
    mend_by: str = ""


def decision_in(posted: Posted, indicators: tuple[str, ...]) -> Decision:
    """`indicators` are those ("family:code") that may be refused. Raises BadRequest or ValueProblem."""
    names = ("gia-tri", "ghi-chu", "ly-do", "ly-do-khac", "han-sua")
    text = {name: clean_text(posted.get(name, "")).strip() for name in names}
    canned, own = text["ly-do"], text["ly-do-khac"]
    # With script the canned reason was copied into the text already.
    reason = own if canned in own else f"{canned} {own}".strip()
    if max(map(len, text.values())) > LONGEST_TEXT:
        raise ValueProblem(f"Nội dung dài quá {LONGEST_TEXT} ký tự. Rút gọn rồi gửi lại.")
    refused = {}
    for name in indicators:
        if f"khong-{name}" in posted:
            refused[name] = clean_text(posted.get(f"vi-{name}", "")).strip()[:LONGEST_TEXT]
            if not refused[name]:
                raise ValueProblem(f"Ghi lý do không công nhận chỉ tiêu {name.partition(':')[2]}.")
    result = posted.get("ket-qua")
    return Decision(
        posted.get("viec", ""), text["gia-tri"], text["ghi-chu"], reason, refused,
        number_in(result) if result else None, posted.get("minh-chung"), posted.get("giay-to", "")[:LONGEST_TEXT],
        text["han-sua"],
    )  # fmt: skip


def papers_fingerprint(row: SurveyRow | None) -> str:
    """What a page shows of one content of a survey, short enough for a hidden field; "" where nothing stands."""
    return "/".join(map(str, (row.sent, row.returned, row.satisfied))) if row else ""


def survey_rows_in(posted: Posted, contents: Mapping[str, str]) -> tuple[list[SurveyRow], dict[str, str]]:
    """The filled rows of a survey that differ from what the page showed (`o-<code>`), and the problems by content,
    each naming its row. `contents`: code -> name."""
    rows, problems = [], {}
    for code, name in contents.items():
        fields = {label: clean_text(posted.get(f"{letter}-{code}", "")).strip() for letter, label in _PAPERS}
        if not any(fields.values()) or "/".join(fields.values()) == posted.get(f"o-{code}"):
            continue
        try:
            rows.append(_survey_row(code, fields))
        except ValueProblem as problem:
            problems[code] = f"{name}: {problem}"
    return rows, problems


_PAPERS = (("phat", "phiếu phát ra"), ("thu", "phiếu thu về"), ("hai-long", "phiếu hài lòng"))


def _survey_row(code: str, fields: Mapping[str, str]) -> SurveyRow:
    sent, returned, satisfied = (_papers(label, text) for label, text in fields.items())
    if returned > sent:
        raise ValueProblem(f"số phiếu thu về ({returned}) lớn hơn số phát ra ({sent}).")
    if satisfied > returned:
        raise ValueProblem(f"số phiếu hài lòng ({satisfied}) lớn hơn số thu về ({returned}).")
    return SurveyRow(code, sent, returned, satisfied)


def _papers(label: str, text: str) -> int:
    if not text:
        raise ValueProblem(f"chưa nhập số {label}.")
    try:
        number = parse_number(text[:LONGEST_VALUE])
    except NumberProblem as problem:
        raise ValueProblem(f"số {label} {problem}") from None
    if number < 0 or number > MOST_PAPERS or number != number.to_integral_value():
        raise ValueProblem(f"số {label} phải là số nguyên từ 0 đến {Decimal(MOST_PAPERS):,f}.".replace(",", "."))
    return int(number)


@dataclass(frozen=True, slots=True)
class TypedFigure:
    """One base figure as its fields hold it: `v` value, `n` source, `o` the row seen, `c` fingerprint of what was
    shown."""

    value: str = ""
    source: str = ""
    row: int = 0
    seen: str = ""

    @property
    def is_changed(self) -> bool:
        return self.seen != fingerprint(self.value, False, "", "", self.source)


def typed_figure(figure: Figure | None, decimals: int) -> TypedFigure:
    """The fields of a figure that stands. Whole counts carry dots for thousands; with decimals a dot would ask."""
    value = format_number(figure.value) if figure is not None and figure.value is not None else ""
    if decimals:
        value = value.replace(".", "")
        # Three decimals would be asked about (12,345 or 12345): a fourth makes the same number clear.
        value += "0" if len(value.partition(",")[2]) == 3 else ""
    source = figure.source if figure is not None else ""
    return TypedFigure(value, source, figure.row if figure else 0, fingerprint(value, False, "", "", source))


def figures_in(posted: Posted, codes: Iterable[str]) -> dict[str, TypedFigure]:
    """The base figures that a page sent, by quantity. Raises BadRequest for a row that is no number."""
    found = {}
    for code in codes:
        if f"v-{code}" in posted:
            value, source = (clean_text(posted.get(f"{letter}-{code}", "")).strip() for letter in "vn")
            row = number_in(posted.get(f"o-{code}", "0"))
            found[code] = TypedFigure(value, source, row, posted.get(f"c-{code}", ""))
    return found


def figure_entries(
    typed: Mapping[str, TypedFigure], quantities: Mapping[str, BaseQuantity]
) -> tuple[list[FigureEntry], dict[str, str]]:
    """What the typed figures state, and the sentence for each that cannot be read, by quantity."""
    entries, problems = [], {}
    for code, one in typed.items():
        try:
            entries.append(FigureEntry(code, _figure(one, quantities[code]), one.source, one.row))
        except NumberProblem as problem:
            problems[code] = str(problem)
    return entries, problems


_WHOLE_WITH_DOTS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")


def _figure(typed: TypedFigure, quantity: BaseQuantity) -> Decimal | None:
    if len(typed.source) > LONGEST_SOURCE:
        raise NumberProblem(f"Nguồn số liệu dài quá {LONGEST_SOURCE} ký tự. Ghi tên văn bản, ngày là đủ.")
    if not typed.value:
        return None
    text = typed.value[: LONGEST_VALUE + 1]
    # Where only whole things are counted a dot before three digits can only be the dot of thousands.
    if not quantity.decimals and _WHOLE_WITH_DOTS.fullmatch(text):
        text = text.replace(".", "")
    number = parse_number(text)
    if number < 0:
        raise NumberProblem(f"“{text}” là số âm. Số lượng không được âm.")
    if number != round(number, quantity.decimals):
        most = f"nhiều nhất {quantity.decimals} chữ số thập phân" if quantity.decimals else "phải là số nguyên"
        raise NumberProblem(f"“{text}”: đếm bằng {quantity.unit}, {most}.")
    return number
