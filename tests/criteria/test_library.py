"""The shipped criteria library says what its sources say; a slip is told with file, line and remedy."""

from decimal import Decimal
from pathlib import Path

import pytest

from criteria.rules.library import OVERALL_CONTENT, Library, LibraryProblems, Region, read_library
from criteria.rules.rulebook import Part, Rulebook, Threshold
from criteria.rules.vocabulary import ConditionKind, Confidence, Kind, Level, Op, Tier

SHIPPED = Path(__file__).resolve().parents[2] / "criteria" / "data"
STANDARD = "xa-ntm-2021-2025"
ADVANCED = "xa-ntm-nang-cao-2021-2025"
MODEL = "xa-ntm-kieu-mau-2021-2025"
DISTRICT = "huyen-ntm-2021-2025"
DISTRICT_ADVANCED = "huyen-ntm-nang-cao-2021-2025"
OUTLINE = "ntm-2026-2030"


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(SHIPPED)


def the(library: Library, family: str) -> Rulebook:
    (rulebook,) = library.versions_of(family)
    return rulebook


def part_of(library: Library, family: str, code: str, part: str = "") -> Part:
    return next(p for p in the(library, family).indicators[code].parts if p.code == part)


def row_of(part: Part, region: str = "", year: int | None = None) -> Threshold:
    (row,) = [row for row in part.thresholds if (row.region, row.year) == (region, year)]
    return row


# ---- what is shipped ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "criteria", "indicators", "conditions", "declared"),
    [
        (STANDARD, 19, 57, 4, (19, 57)),
        (ADVANCED, 19, 75, 5, (19, 75)),
        (MODEL, 0, 0, 4, (0, 0)),
        (DISTRICT, 9, 36, 8, (9, 36)),
        (DISTRICT_ADVANCED, 9, 38, 6, (9, 38)),
        (OUTLINE, 10, 0, 0, (10, 47)),
    ],
)
def test_each_set_has_the_number_of_criteria_its_decision_declares(
    library, family, criteria, indicators, conditions, declared
):
    rulebook = the(library, family)
    national = rulebook.criteria_in_force()
    assert len(national) == criteria
    assert sum(len(criterion.indicators) for criterion in national) == indicators
    assert len(rulebook.conditions) == conditions
    assert rulebook.counts == declared


def test_sets_come_in_the_order_in_which_people_speak_of_them(library):
    families = [rulebook.family for rulebook in library.rulebooks]
    assert families == [STANDARD, ADVANCED, MODEL, DISTRICT, DISTRICT_ADVANCED, OUTLINE]
    assert [rulebook.is_draft for rulebook in library.rulebooks] == [False] * 5 + [True]
    assert [rulebook.tier for rulebook in library.rulebooks[:3]] == [Tier.STANDARD, Tier.ADVANCED, Tier.MODEL]


def test_each_set_names_its_decision(library):
    assert [rulebook.legal_source for rulebook in library.rulebooks] == [
        "318/QĐ-TTg ngày 08/03/2022, Phụ lục I",
        "318/QĐ-TTg ngày 08/03/2022, Phụ lục II",
        "319/QĐ-TTg ngày 08/03/2022, Điều 1",
        "320/QĐ-TTg ngày 08/03/2022, Phụ lục I",
        "320/QĐ-TTg ngày 08/03/2022, Phụ lục III",
        "51/2025/QĐ-TTg ngày 29/12/2025, Phụ lục I",
    ]
    outline = the(library, OUTLINE)
    assert (outline.effective_on.isoformat(), outline.period) == ("2026-02-15", (2026, 2030))


def test_the_supplement_of_ha_tinh_adds_one_criterion_of_two_indicators_when_switched_on(library):
    rulebook = the(library, STANDARD)
    with_supplement = rulebook.criteria_in_force(frozenset({"ha-tinh"}))
    assert [c.number for c in with_supplement] == list(range(1, 21))
    assert len(rulebook.criteria_in_force()) == 19
    assert [i.code for i in with_supplement[-1].indicators] == ["20.1", "20.2"]
    assert with_supplement[-1].supplement == "ha-tinh"
    # The source speaks of the standard set only.
    assert len(the(library, ADVANCED).criteria_in_force(frozenset({"ha-tinh"}))) == 19


# family, indicator, part, region, year, value, confidence: read off the reference by hand.
NORTH = "trung_du_mien_nui_phia_bac"
PILOT = "bac_trung_bo"
SPOT_CHECKS = [
    (STANDARD, "3.1", "", "", None, Decimal(80), "medium"),
    (STANDARD, "4.2", "", PILOT, None, Decimal(98), "medium"),
    (STANDARD, "4.2", "", NORTH, None, Decimal(95), "medium"),
    (STANDARD, "4.2", "", "dong_nam_bo", None, Decimal(99), "medium"),
    (STANDARD, "5.1", "", "dong_bang_song_hong", None, Decimal(100), "low"),
    (STANDARD, "9.1", "", "", None, False, "medium"),
    (STANDARD, "10.1", "", PILOT, 2022, Decimal(42), "low"),
    (STANDARD, "10.1", "", PILOT, 2025, Decimal(48), "low"),
    (STANDARD, "10.1", "", NORTH, 2021, Decimal(36), "low"),
    (STANDARD, "11.1", "", "dong_bang_song_hong", None, Decimal("1.5"), "medium"),
    (STANDARD, "15.1", "", "", None, Decimal(90), "high"),
    (STANDARD, "15.3", "", PILOT, None, Decimal(24), "low"),
    (STANDARD, "15.3", "", "", None, Decimal(22), "low"),
    (STANDARD, "17.1", "a", "", None, None, "low"),
    (STANDARD, "17.1", "b", PILOT, None, Decimal(20), "low"),
    (STANDARD, "17.4", "", "", None, Decimal(2), "medium"),
    (ADVANCED, "3.6", "", "", None, "Khá", "medium"),
    (ADVANCED, "5.3", "", "", None, "Mức độ 3", "medium"),
    (ADVANCED, "5.4", "", "", None, "Mức độ 2", "medium"),
    (ADVANCED, "10.1", "", PILOT, 2023, Decimal(52), "low"),
    (ADVANCED, "11.1", "", PILOT, None, Decimal("2.5"), "low"),
    (ADVANCED, "13.2", "", "", None, Decimal(1), "medium"),
    (ADVANCED, "14.1", "", "", None, Decimal(95), "high"),
    (ADVANCED, "17.10", "", "", None, Decimal(10), "low"),
    (ADVANCED, "18.1", "", PILOT, None, Decimal(55), "high"),
    (ADVANCED, "18.2", "", "", None, Decimal(60), "medium"),
    (ADVANCED, "18.5", "", "", None, False, "medium"),
    (DISTRICT, "1.2", "", "", None, Decimal(1), "high"),
    (DISTRICT, "5.4", "", "", None, "Cấp độ 1", "medium"),
    (DISTRICT, "7.1", "a", "", None, True, "medium"),
    (DISTRICT, "7.1", "b", "", None, Decimal(50), "medium"),
    (DISTRICT, "8.1", "", "", None, Decimal(43), "low"),
    (DISTRICT_ADVANCED, "5.1", "", "", None, Decimal(95), "low"),
]


@pytest.mark.parametrize(("family", "code", "part", "region", "year", "value", "confidence"), SPOT_CHECKS)
def test_thresholds_are_those_of_the_reference(library, family, code, part, region, year, value, confidence):
    row = row_of(part_of(library, family, code, part), region, year)
    assert (row.value, str(row.confidence)) == (value, confidence)
    assert type(row.value) is type(value)


@pytest.mark.parametrize(
    ("family", "code", "part", "kind", "op"),
    [
        (STANDARD, "1.1", "", Kind.BOOLEAN, Op.EQUALS),
        (STANDARD, "11.1", "", Kind.PERCENT, Op.AT_MOST),
        (STANDARD, "10.1", "", Kind.NUMBER, Op.AT_LEAST),
        (ADVANCED, "3.2", "", Kind.COUNT, Op.AT_LEAST),
        (ADVANCED, "3.6", "", Kind.ORDINAL, Op.AT_LEAST),
        (DISTRICT, "7.1", "b", Kind.PERCENT, Op.AT_MOST),
    ],
)
def test_measures_have_the_kind_their_unit_asks_for(library, family, code, part, kind, op):
    found = part_of(library, family, code, part)
    assert (found.measure.kind, found.op) == (kind, op)


def test_what_is_left_to_the_province_has_no_number_or_keeps_the_legal_minimum(library):
    provincial = {
        (rulebook.family, code): [row.value for row in part.thresholds]
        for rulebook in library.rulebooks
        for code, part in rulebook.parts
        if part.provincial
    }
    minimum = provincial.pop((ADVANCED, "17.10"))
    assert minimum == [Decimal(10)]
    roads = ("2.1", "2.2", "2.3", "2.4")
    assert sorted(provincial) == sorted(
        [(STANDARD, code) for code in (*roads, "20.1", "20.2")] + [(ADVANCED, code) for code in (*roads, "3.3")]
    )
    assert set(map(tuple, provincial.values())) == {(None,)}


def test_both_commune_sets_judge_one_and_the_same_measure(library):
    shared = {
        "dien_an_toan": ("4.2", "4.1"),
        "thu_nhap": ("10.1", "10.1"),
        "bhyt": ("15.1", "14.1"),
        "thu_gom_ctr": ("17.6", "17.3"),
        "nuoc_sach_tap_trung": ("17.1", "18.1"),
    }
    for code, (standard, advanced) in shared.items():
        first = the(library, STANDARD).indicators[standard].parts[-1].measure
        second = the(library, ADVANCED).indicators[advanced].parts[-1].measure
        assert first is second is library.measure_by_code[code]
    common = set(the(library, STANDARD).measures) & set(the(library, ADVANCED).measures)
    assert len(common) == 19  # 17 that are shared, arrears and security
    assert {"xa.no_debt", "xa.security"} <= common


def test_conditions_of_the_model_tier(library):
    base, income, village, field = the(library, MODEL).conditions
    assert (base.kind, base.family) == (ConditionKind.REQUIRES_SET, ADVANCED)
    assert (income.kind, income.minimum) == (ConditionKind.RATIO, Decimal("1.1"))
    assert (income.reference, income.part.measure.code) == (f"{ADVANCED}:10.1", "thu_nhap")
    assert income.part.measure is the(library, STANDARD).measures["thu_nhap"]
    assert (village.part.measure.code, village.part.thresholds[0].value) == ("xa.smart_village", 1)
    assert village.provincial and not village.part.provincial
    assert field.minimum == 1
    assert [option.code for option in field.options] == [
        "san_xuat", "giao_duc", "van_hoa", "du_lich", "canh_quan_moi_truong", "an_ninh_trat_tu",
        "chuyen_doi_so", "khac",
    ]  # fmt: skip
    assert {option.measure.kind for option in field.options} == {Kind.BOOLEAN}


def test_conditions_of_the_district(library):
    conditions = {condition.code: condition for condition in the(library, DISTRICT).conditions}
    assert {code: (c.kind.value, c.family, c.minimum, c.lead) for code, c in conditions.items()} == {
        "all_communes_ntm": ("share_of_communes", STANDARD, 100, ""),
        "communes_nang_cao": ("share_of_communes", ADVANCED, 10, ""),
        "towns_civilised": ("share_of_towns", "", 100, ""),
        "satisfaction_district": ("survey", "", 90, "mttq"),
        "satisfaction_each_commune": ("survey_each", "", 80, "mttq"),
        "criteria": ("criteria_met", "", None, ""),
        "no_debt": ("measure", "", None, "tckh"),
        "security": ("measure", "", None, "ca"),
    }
    assert conditions["no_debt"].part.measure.code == "huyen.no_debt"


def test_nothing_of_the_district_advanced_set_is_believed(library):
    rulebook = the(library, DISTRICT_ADVANCED)
    rows = [row for _, part in rulebook.parts for row in part.thresholds]
    assert {row.confidence for row in rows} == {Confidence.LOW}
    assert {c.confidence for c in rulebook.conditions if c.minimum is not None} == {Confidence.LOW}


def test_wording_groups_leads_and_exceptions_are_taken_over(library):
    standard = the(library, STANDARD)
    assert standard.criteria[0].group == "Quy hoạch"
    assert (standard.criteria[18].lead, standard.criteria[18].others) == ("bchqs", ("ca",))
    sanitation = standard.indicators["17.8"]
    assert (sanitation.lead, sanitation.others) == ("yt", ("hpn",))
    market = standard.indicators["7.1"]
    assert market.alternative.startswith("Xã không có chợ trong quy hoạch")
    assert market.not_applicable_when and market.source.startswith("dongthap.gov.vn")
    assert standard.indicators["13.4"].not_applicable_when == "Xã không có làng nghề"
    assert standard.indicators["8.1"].source.startswith("sotttt.thainguyen.gov.vn")
    assert standard.indicators["18.6"].source == ""  # the criterion's source does not speak of it
    assert standard.indicators["15.1"].requirement == "≥90%"
    # The annexes' groups are known for the standard set only.
    assert {criterion.group for criterion in the(library, ADVANCED).criteria} == {""}


def test_the_amendment_is_shown_as_not_entered(library):
    lines = the(library, STANDARD).amendments
    assert lines[0] == "211/QĐ-TTg ngày 01/03/2024, Phụ lục I (chưa nhập)"
    assert lines[1].startswith("Chỉ tiêu 18.4: Tiêu chí tiếp cận pháp luật được sửa")
    assert the(library, MODEL).amendments == ()
    assert the(library, OUTLINE).amendments == ()


def test_lists_beside_the_sets(library):
    assert len(library.departments) == 23
    assert library.departments[0].name == "Phòng Kinh tế - Hạ tầng"
    assert library.survey_contents[0].code == OVERALL_CONTENT
    assert {content.confidence for content in library.survey_contents} == {Confidence.LOW}
    assert [(r.family, r.indicator, r.measure.code) for r in library.rollups] == [
        (DISTRICT, "7.2", "phan_loai_rac"),
        (DISTRICT, "7.7", "chat_thai_nhua"),
        (DISTRICT, "8.1", "nuoc_sach_tap_trung"),
        (DISTRICT, "7.6", "dat_cay_xanh"),
        (DISTRICT_ADVANCED, "5.1", "bhyt"),
    ]
    assert [group.code for group in library.commune_groups] == ["nhom_1", "nhom_2", "nhom_3"]
    assert len(Region) == 7


def test_base_data_is_the_denominator_of_the_percentages_that_name_it(library):
    denominators = {measure.code: measure.denominator for measure in library.measures if measure.denominator}
    assert len(library.base_quantities) == 20
    assert len(denominators) == 40
    assert denominators["bhyt"] == "population"
    assert denominators["ngheo_da_chieu"] == denominators["xa.17.1.a"] == "households"
    assert denominators["xa-nc.2.2.b"] == "village_roads_km"
    # The wording leaves open of what: tonnes, "hộ và cơ sở" together, subscribers.
    for code in ("thu_gom_ctr", "chat_thai_nhua", "xa.17.10", "xa-nc.8.2", "xa-nc.17.10"):
        assert library.measure_by_code[code].denominator == ""


def test_the_measures_of_the_sets_know_their_denominator(library):
    """The sets hold the very measures of the library, so that a sheet built from a set offers the denominator."""
    for rulebook in library.rulebooks:
        assert all(measure == library.measure_by_code[code] for code, measure in rulebook.measures.items())


def test_every_percentage_of_base_data_belongs_to_a_commune(library):
    taken = [measure for measure in library.measures if measure.denominator]
    assert {(measure.kind, measure.level) for measure in taken} == {(Kind.PERCENT, Level.COMMUNE)}
    known = {quantity.code for quantity in library.base_quantities}
    assert {measure.denominator for measure in taken} == known, "a quantity that no indicator uses is typed in vain"


def test_every_measure_belongs_to_the_level_of_its_sets(library):
    for rulebook in library.rulebooks:
        assert {measure.level for measure in rulebook.measures.values()} <= {rulebook.level}
    assert {measure.level for measure in library.measures} == {Level.COMMUNE, Level.DISTRICT}


def test_reading_twice_gives_equal_values(library):
    assert read_library(SHIPPED) == library


# ---- every slip is told ------------------------------------------------------------------------------------

SMALL = {
    "departments.yaml": """\
departments:
  - {code: nn, name: Phòng Nông nghiệp}
  - {code: ca, name: Công an}
""",
    "survey_contents.yaml": """\
contents:
  - {code: chung, name: Nói chung, confidence: low, source: thực tiễn}
  - {code: dien, name: Điện, confidence: low, source: thực tiễn}
""",
    "measures.yaml": """\
measures:
  - {code: tuoi, name: Tỷ lệ tưới, kind: percent, level: commune, unit: '%'}
  - {code: nha_tam, name: Nhà tạm, kind: boolean, level: commune, unit: có/không}
  - {code: hang, name: Xếp hạng, kind: ordinal, level: commune, unit: xếp loại, scale: [Trung bình, Khá]}
  - {code: mo_hinh, name: Số mô hình, kind: count, level: commune, unit: mô hình}
  - {code: thu_nhap, name: Thu nhập, kind: number, level: commune, unit: triệu đồng/người}
  - {code: h.tuoi, name: Tỷ lệ tưới của huyện, kind: percent, level: district, unit: '%'}
""",
    "rollups.yaml": """\
rollups:
  - {target: 'huyen:1.1', from: tuoi, weight: households, weight_name: số hộ}
""",
    "base_quantities.yaml": """\
quantities:
  - {code: farmland_ha, name: Đất sản xuất, unit: ha, decimals: 2, group: Đất, percentages: [tuoi]}
  - {code: households, name: Tổng số hộ, unit: hộ, decimals: 0, group: Dân số}
""",
    "xa.yaml": """\
family: xa
name: Bộ tiêu chí xã
short_name: Xã
level: commune
tier: standard
decision: {number: 1/QĐ-TTg, date: '2022-03-08', issuer: Thủ tướng Chính phủ}
period: [2021, 2025]
counts: {criteria: 2, indicators: 4}
confidence: medium
conditions:
  - {code: hai_long, text: Hài lòng, kind: survey, minimum: 90, confidence: high}
  - {code: bac_duoi, text: Bậc dưới, kind: requires_set, family: xa, confidence: high}
  - code: thu_nhap
    text: Thu nhập cao hơn 10%
    kind: ratio
    measure: thu_nhap
    op: '>='
    minimum: 1.1
    reference: xa:2.2
    confidence: high
criteria:
  - number: 1
    name: Thủy lợi
    department: {lead: nn, with: [ca]}
    indicators:
      - code: '1.1'
        name: Tỷ lệ tưới
        requirement: ≥80%
        measure: tuoi
        op: '>='
        thresholds:
          - {value: 80, text: ≥80%}
          - {region: bac_trung_bo, value: 75, text: ≥75%}
        confidence: medium
        threshold_confidence: medium
        confirmed_by_source: none
      - code: '1.2'
        name: Nhà tạm
        requirement: Không
        measure: nha_tam
        op: ==
        thresholds:
          - {value: false, text: Không}
        confidence: medium
        threshold_confidence: medium
        confirmed_by_source: none
  - number: 2
    name: Kinh tế
    indicators:
      - code: '2.1'
        name: Hai phần
        requirement: Khá, có mô hình
        parts:
          - code: a
            name: Xếp hạng
            measure: hang
            op: '>='
            thresholds:
              - {value: Khá, text: Khá}
          - code: b
            name: Mô hình
            measure: mo_hinh
            op: '>='
            thresholds:
              - {value: 1, text: ≥01 mô hình}
        confidence: medium
        threshold_confidence: medium
        confirmed_by_source: none
      - code: '2.2'
        name: Thu nhập
        requirement: Theo năm
        measure: thu_nhap
        op: '>='
        thresholds:
          - {region: bac_trung_bo, year: 2021, value: 39, text: ≥39 triệu đồng/người}
          - {region: bac_trung_bo, year: 2022, value: 42, text: ≥42 triệu đồng/người}
        confidence: medium
        threshold_confidence: low
        confirmed_by_source: none
""",
    "huyen.yaml": """\
family: huyen
name: Bộ tiêu chí huyện
short_name: Huyện
level: district
tier: standard
decision: {number: 2/QĐ-TTg, date: '2022-03-08', issuer: Thủ tướng Chính phủ}
period: [2021, 2025]
counts: {criteria: 1, indicators: 1, conditions: 1}
confidence: medium
conditions:
  - {code: cac_xa, text: Các xã, kind: share_of_communes, family: xa, minimum: 100, confidence: high}
criteria:
  - number: 1
    name: Thủy lợi
    indicators:
      - code: '1.1'
        name: Tỷ lệ tưới
        requirement: ≥80%
        measure: h.tuoi
        op: '>='
        thresholds:
          - {value: 80, text: ≥80%}
        confidence: medium
        threshold_confidence: medium
        confirmed_by_source: none
""",
    "tinh.yaml": """\
code: tinh
name: Bổ sung
level: commune
families: [xa]
confidence: medium
criteria:
  - number: 3
    name: Vườn mẫu
    indicators:
      - code: '3.1'
        name: Số mô hình
        requirement: UBND cấp tỉnh quy định cụ thể
        measure: mo_hinh
        op: '>='
        provincial: true
        thresholds:
          - {value: null, text: UBND cấp tỉnh quy định cụ thể}
        confidence: medium
        threshold_confidence: low
        confirmed_by_source: none
""",
    "sua_doi.yaml": """\
number: 3/QĐ-TTg
date: '2024-03-01'
issuer: Thủ tướng Chính phủ
title: Sửa đổi
amends: [1/QĐ-TTg]
state: chưa nhập
annexes:
  - {annex: Phụ lục I, family: xa}
confidence: low
changes:
  - {family: xa, indicators: ['1.1'], type: reworded, what: Sửa câu chữ, confidence: low}
""",
}


def write_small(folder: Path, name: str = "", old: str = "", new: str = "") -> int:
    """Writes the small library with one text replaced; the line (from 1) at which the replaced text begins."""
    for file, text in SMALL.items():
        if file == name:
            assert text.count(old) >= 1, old
            line = text[: text.index(old)].count("\n") + 1
            text = text.replace(old, new, 1)
        (folder / file).write_text(text, encoding="utf-8")
    return line if name else 0


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(LibraryProblems) as told:
        read_library(folder)
    return [str(problem) for problem in told.value.problems]


def test_the_small_library_is_without_problems(tmp_path):
    write_small(tmp_path)
    library = read_library(tmp_path)
    assert [rulebook.family for rulebook in library.rulebooks] == ["xa", "huyen"]
    assert len(the(library, "xa").criteria) == 3


# file, what stands there, what is written instead, how many lines further down the problem is, words of the message
SLIPS = {
    "a letter in a number": (
        "xa.yaml", "value: 80, text: ≥80%", "value: 8O, text: ≥80%", 0, ["ngưỡng “8O” không phải là số"]),
    "a decimal comma": (
        "xa.yaml", "value: 75,", "value: '7,5',", 0, ["ngưỡng “7,5” không phải là số", "2.5"]),
    "a number that is not the worded one": (
        "xa.yaml", "value: 75,", "value: 57,", 0, ["ngưỡng 57 khác với câu chữ “≥75%”"]),
    "a sign against the comparison": (
        "xa.yaml", "value: 75, text: ≥75%", "value: 75, text: ≤75%", 0, ["ngược với phép so “>=”"]),
    "more than all": (
        "xa.yaml", "value: 75, text: ≥75%", "value: 750, text: ≥750%", 0, ["nằm ngoài 0-100"]),
    "half a model": (
        "xa.yaml", "value: 1, text: ≥01 mô hình", "value: 1.5, text: một rưỡi", 0, ["không phải là số đếm"]),
    "a grade that is not on the scale": (
        "xa.yaml", "value: Khá, text: Khá", "value: Giỏi, text: Giỏi", 0, ["“Giỏi”", "Trung bình, Khá"]),
    "a number for a yes or no": (
        "xa.yaml", "value: false, text", "value: 0, text", 0, ["“0” không phải là có hoặc không"]),
    "yes where the wording says no": (
        "xa.yaml", "value: false, text", "value: true, text", 0, ["ngưỡng true khác với câu chữ “Không”"]),
    "a comparison that does not fit the kind": (
        "xa.yaml", "op: ==", "op: '>='", 0, ["không hợp với số đo có hoặc không", "=="]),
    "an unknown comparison": ("xa.yaml", "op: ==", "op: '='", 0, ["“=” không dùng được", ">=, <=, =="]),
    "an unknown region": ("xa.yaml", "region: bac_trung_bo, value: 75", "region: bac_bo, value: 75", 0,
        ["“bac_bo”", "trung_du_mien_nui_phia_bac"]),
    "a year outside the period": ("xa.yaml", "year: 2022", "year: 2032", 0, ["năm 2032", "2021-2025"]),
    "the same year twice": (
        "xa.yaml", "{region: bac_trung_bo, year: 2022", "{region: bac_trung_bo, year: 2021",
        0, ["trùng vùng, nhóm và năm"]),
    "a group the set does not know": (
        "xa.yaml", "{region: bac_trung_bo, value: 75", "{group: nhom_9, value: 75", 0, ["nhóm xã “nhom_9”"]),
    "an unknown measure": (
        "xa.yaml", "measure: nha_tam", "measure: nha_tma", 0, ["không có số đo “nha_tma”"]),
    "a measure of another level": (
        "huyen.yaml", "measure: h.tuoi", "measure: tuoi", 0, ["của cấp xã, bộ tiêu chí này của cấp huyện"]),
    "a misspelt key": ("xa.yaml", "requirement: Không", "requirment: Không", 0,
        ["không biết mục “requirment”", "có lẽ là “requirement”"]),
    "a key twice": ("xa.yaml", "name: Thủy lợi\n", "name: Thủy lợi\n    name: Tưới\n", 1, ["viết hai lần"]),
    "a missing key": ("xa.yaml", "issuer: Thủ tướng Chính phủ}", "annex: I}", 0, ["thiếu mục “issuer”"]),
    "an empty text": ("xa.yaml", "name: Nhà tạm", "name: ''", 0, ["mục “name” trống"]),
    "a code without quotes": ("xa.yaml", "code: '1.2'", "code: 1.20", 0, ["phải là chữ", "'1.20'"]),
    "a code of another criterion": (
        "xa.yaml", "code: '1.2'", "code: '2.2'", 0, ["“2.2” không thuộc tiêu chí 1"]),
    "an indicator twice": ("xa.yaml", "code: '1.2'", "code: '1.1'", 0, ["chỉ tiêu “1.1” viết hai lần"]),
    "a criterion twice": ("xa.yaml", "number: 2\n", "number: 1\n", 0, ["tiêu chí số 1 viết hai lần"]),
    "a part twice": ("xa.yaml", "code: b\n", "code: a\n", 0, ["phần “a” viết hai lần"]),
    "an unknown department": (
        "xa.yaml", "lead: nn", "lead: nnn", 0, ["không có phòng, ban “nnn”", "departments.yaml"]),
    "a lead that also coordinates": ("xa.yaml", "with: [ca]", "with: [nn]", 0, ["vừa chủ trì vừa phối hợp"]),
    "an unknown confidence": (
        "xa.yaml", "threshold_confidence: medium", "threshold_confidence: sure", 0, ["high, medium, low"]),
    "an unknown word for what a source says": (
        "xa.yaml", "confirmed_by_source: none", "confirmed_by_source: some", 0, ["name+threshold"]),
    "a day that does not exist": ("xa.yaml", "'2022-03-08'", "'2022-02-30'", 0, ["không phải là ngày"]),
    "a day in the Vietnamese order": ("xa.yaml", "'2022-03-08'", "08/03/2022", 0, ["không phải là ngày"]),
    "in force before it is signed": ("xa.yaml", "date: '2022-03-08'",
        "effective: '2022-01-01', date: '2022-03-08'", 0, ["có hiệu lực trước ngày ban hành"]),
    "a period upside down": ("xa.yaml", "[2021, 2025]", "[2025, 2021]", 0, ["giai đoạn phải là hai năm"]),
    "too few criteria": ("xa.yaml", "criteria: 2,", "criteria: 3,", 0,
        ["khai báo 3 tiêu chí nhưng tệp có 2"]),
    "too many indicators": ("xa.yaml", "indicators: 4}", "indicators: 3}", 0,
        ["khai báo 3 chỉ tiêu nhưng tệp có 4"]),
    "a condition too few": ("huyen.yaml", "conditions: 1}", "conditions: 2}", 0,
        ["khai báo 2 điều kiện nhưng tệp có 1"]),
    "counts of its own in a set that is no draft": ("xa.yaml", "confidence: medium\ncond",
        "counts_here: {criteria: 2, indicators: 4}\nconfidence: medium\ncond", 0, ["chỉ bộ dự thảo"]),
    "a condition without what its kind needs": ("xa.yaml", "kind: survey, minimum: 90", "kind: survey", 0,
        ["loại survey thiếu mục “minimum”"]),
    "a condition with what its kind does not use": ("xa.yaml", "kind: survey, minimum: 90",
        "kind: criteria_met, minimum: 90", 0, ["loại criteria_met không dùng mục “minimum”"]),
    "a satisfaction of more than all": (
        "xa.yaml", "minimum: 90", "minimum: 900", 0, ["900% nằm ngoài 0-100"]),
    "a ratio in percent": ("xa.yaml", "minimum: 1.1", "minimum: 110", 0, ["tỷ số 110 không hợp lý"]),
    "communes counted by a commune": ("xa.yaml", "kind: requires_set, family: xa",
        "kind: share_of_communes, family: xa, minimum: 10", 0, ["chỉ có ở cấp huyện"]),
    "a set that does not exist": ("huyen.yaml", "family: xa,", "family: xaa,", 0,
        ["không có bộ tiêu chí “xaa”", "huyen, xa"]),
    "a lower tier of another level": ("xa.yaml", "requires_set, family: xa", "requires_set, family: huyen", 0,
        ["“huyen” không phải của cấp xã"]),
    "a ratio of an indicator that does not exist": ("xa.yaml", "reference: xa:2.2", "reference: xa:2.9", 0,
        ["không có chỉ tiêu 2.9"]),
    "a ratio of something else": ("xa.yaml", "reference: xa:2.2", "reference: xa:1.1", 0,
        ["không đo “thu_nhap”"]),
    "a measure declared twice": ("measures.yaml", "code: nha_tam,", "code: tuoi,", 0, ["khai báo hai lần"]),
    "a measure nobody uses": ("measures.yaml", "measures:\n", "measures:\n  - {code: thua, name: Thừa,"
        " kind: percent, level: commune, unit: '%'}\n", 1, ["“thua” không bộ nào dùng"]),
    "a measure with a bad code": ("measures.yaml", "code: tuoi,", "code: Tưới,", 0, ["không đúng dạng"]),
    "an unknown kind": ("measures.yaml", "kind: count", "kind: so_dem", 0, ["number, percent, count"]),
    "a percent in another unit": ("measures.yaml", "unit: '%'", "unit: hộ", 0, ["đơn vị là “hộ”"]),
    "a yes or no in another unit": ("measures.yaml", "unit: có/không", "unit: hộ", 0, ["có hoặc không"]),
    "a number without a unit": ("measures.yaml", ", unit: mô hình", "", 0, ["số đo bằng số mà đơn vị là “”"]),
    "grades without a scale": (
        "measures.yaml", ", scale: [Trung bình, Khá]", "", 0, ["thang ít nhất hai bậc"]),
    "a grade twice": ("measures.yaml", "[Trung bình, Khá]", "[Trung bình, Khá, Khá]", 0, ["bậc trùng nhau"]),
    "a scale for a number": ("measures.yaml", "unit: mô hình", "unit: mô hình, scale: [a, b]", 0,
        ["chỉ số đo xếp loại"]),
    "a roll-up to nowhere": ("rollups.yaml", "huyen:1.1", "huyen:1.9", 0, ["không có chỉ tiêu 1.9"]),
    "a roll-up into a commune": ("rollups.yaml", "huyen:1.1", "xa:1.1", 0, ["không phải của cấp huyện"]),
    "a roll-up of nothing": (
        "rollups.yaml", "from: tuoi", "from: tuoii", 0, ["“tuoii” không phải là số đo cấp xã"]),
    "a roll-up of another unit": (
        "rollups.yaml", "from: tuoi", "from: mo_hinh", 0, ["khác loại hoặc đơn vị"]),
    "a quantity twice": (
        "base_quantities.yaml", "code: households", "code: farmland_ha", 0, ["số liệu nền “farmland_ha” viết hai lần"]),
    "a quantity counted too finely": (
        "base_quantities.yaml", "decimals: 2", "decimals: 4", 0, ["nhiều nhất 3 chữ số thập phân"]),
    "a denominator of nothing": (
        "base_quantities.yaml", "[tuoi]", "[tuoii]", 0, ["không có số đo “tuoii”"]),
    "a denominator of what is no percentage": (
        "base_quantities.yaml", "[tuoi]", "[mo_hinh]", 0, ["“mo_hinh” không phải là tỷ lệ phần trăm"]),
    "a denominator of a district's measure": (
        "base_quantities.yaml", "[tuoi]", "[h.tuoi]", 0, ["“h.tuoi” không phải là số đo cấp xã"]),
    "two denominators of one measure": (
        "base_quantities.yaml", "group: Dân số", "group: Dân số, percentages: [tuoi]", 0,
        ["“tuoi” đã có mẫu số “farmland_ha”"]),
    "a department twice": ("departments.yaml", "code: ca", "code: nn", 0, ["phòng, ban “nn” viết hai lần"]),
    "a survey content twice": ("survey_contents.yaml", "code: dien", "code: chung", 0, ["viết hai lần"]),
    "no question about the whole": ("survey_contents.yaml", "code: chung", "code: tong", 0, ["“chung”"]),
    "a supplement that replaces a criterion": (
        "tinh.yaml", "number: 3", "number: 2", 0, ["tiêu chí 2 đã có"]),
    "a supplement to an unknown set": ("tinh.yaml", "families: [xa]", "families: [xb]", 0, ["“xb”"]),
    "an amendment of an unknown indicator": (
        "sua_doi.yaml", "['1.1']", "['9.9']", 0, ["không có chỉ tiêu 9.9"]),
    "an amendment of an unknown kind": (
        "sua_doi.yaml", "type: reworded", "type: sua", 0, ["new_set, reworded"]),
    "a file of no kind": ("sua_doi.yaml", "amends: [1/QĐ-TTg]\n", "", None, ["không rõ tệp này chứa gì"]),
    "accents of another encoding": ("xa.yaml", "name: Thủy lợi", "name: Thu\u0309y lợi", 0, ["NFC"]),
    "a hidden character": ("xa.yaml", "name: Thủy lợi", "name: Thủy\u200b lợi", 0, ["ký tự ẩn"]),
    "a control character": ("xa.yaml", "name: Thủy lợi", "name: Thủy\x07 lợi", 0, ["ký tự điều khiển"]),
    "broken YAML": ("xa.yaml", "period: [2021, 2025]", "period: [2021, 2025", 1, ["không đọc được YAML"]),
    "a tag that would build an object": ("xa.yaml", "name: Thủy lợi", "name: !!python/name:os.system ''", 0,
        ["thẻ “tag:yaml.org,2002:python/name:os.system” không được dùng"]),
    "an alias inside itself": ("xa.yaml", "with: [ca]", "with: &a [*a]", 0, ["bí danh"]),
    "a list where a text belongs": (
        "xa.yaml", "name: Thủy lợi", "name: [Thủy lợi]", 0, ["phải là một giá trị"]),
    "a text where a list belongs": ("xa.yaml", "with: [ca]", "with: ca", 0, ["phải là danh sách"]),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_with_file_line_and_remedy(slip: str, tmp_path):
    name, old, new, further, words = SLIPS[slip]
    line = write_small(tmp_path, name, old, new)
    told = problems_of(tmp_path)
    place = f"{name} dòng {line + further}: " if further is not None else f"{name} dòng "
    fitting = [sentence for sentence in told if all(word in sentence for word in words)]
    assert [sentence for sentence in fitting if sentence.startswith(place)], told
    assert all(". Cách sửa: " in sentence and sentence.endswith(".") for sentence in told)


def test_all_slips_are_told_at_once_in_the_order_of_the_files(tmp_path):
    write_small(tmp_path)
    for name, old, new in (
        ("xa.yaml", "value: 80", "value: 8O"),
        ("xa.yaml", "measure: nha_tam", "measure: nha"),
        ("departments.yaml", "code: ca", "code: nn"),
    ):
        text = (tmp_path / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    told = problems_of(tmp_path)
    assert len(told) >= 3
    assert told[0].startswith("departments.yaml dòng 3")
    assert any("“8O”" in sentence for sentence in told) and any("“nha”" in sentence for sentence in told)


def test_a_missing_list_is_told_without_a_flood_of_followers(tmp_path):
    write_small(tmp_path)
    (tmp_path / "measures.yaml").unlink()
    remedy = "Cách sửa: thêm tệp measures.yaml."
    assert problems_of(tmp_path) == [f"measures.yaml: thư viện thiếu tệp này. {remedy}"]


def test_the_same_version_of_a_set_in_two_files_is_told(tmp_path):
    write_small(tmp_path)
    (tmp_path / "xa_2.yaml").write_text(SMALL["xa.yaml"], encoding="utf-8")
    assert any(
        sentence.startswith("xa_2.yaml dòng 1: ") and "có ở hai tệp" in sentence for sentence in problems_of(tmp_path)
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "tệp trống"),
        (b"- a\n- b\n", "không bắt đầu bằng các mục"),
        (b"family: xa\nname: \xff\n", "không phải UTF-8"),
        (b"family: " + b"x" * 1_000_001, "lớn hơn 1000 kB"),
        (b"family: " + b"[" * 3000, "lồng nhau quá sâu"),
        (b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
            b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(8)
        ), "quá lớn"),
    ],
    ids=["empty", "list", "encoding", "size", "depth", "bomb"],
)  # fmt: skip
def test_a_file_that_is_not_a_library_file_is_told(content: bytes, words: str, tmp_path):
    write_small(tmp_path)
    (tmp_path / "la.yaml").write_bytes(content)
    assert any(s.startswith("la.yaml") and words in s for s in problems_of(tmp_path))


def test_a_percent_may_pass_a_hundred_where_its_measure_says_so(tmp_path):
    line = write_small(tmp_path, "xa.yaml", "value: 75, text: ≥75%", "value: 175, text: ≥175%")
    assert any(f"dòng {line}" in sentence and "0-100" in sentence for sentence in problems_of(tmp_path))
    measures = SMALL["measures.yaml"].replace(
        "level: commune, unit: '%'}", "level: commune, unit: '%', over_100: true}"
    )
    (tmp_path / "measures.yaml").write_text(measures, encoding="utf-8")
    assert row_of(part_of(read_library(tmp_path), "xa", "1.1"), PILOT).value == 175


def test_a_draft_is_counted_by_what_is_here(tmp_path):
    write_small(tmp_path, "xa.yaml", "counts: {criteria: 2, indicators: 4}",
        "counts: {criteria: 10, indicators: 47}\ndraft: true\ncounts_here: {criteria: 2, indicators: 4}")  # fmt: skip
    rulebook = the(read_library(tmp_path), "xa")
    assert rulebook.is_draft and rulebook.counts == (10, 47)
