"""A past written at once gives the very rows that the same acts give one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.actions import make_departments, make_person
from accounts.models import HistoryEntry, Person
from accounts.queries import history_break
from accounts.roles import Role
from communes.actions.moving import Seen, move, record_appraisal
from communes.actions.replaying import ImpossiblePast, Step, replay
from communes.actions.setting_up import NewPosting, NewUnit, make_units, post_people
from communes.actions.stating import Entry, save_value
from communes.models import Act, Assessment, Holding, Statement, Unit
from communes.queries.entry import item_of
from communes.queries.people import Lead, standing_of
from communes.rules.workflow import ActKind, StatementKind
from criteria.models import Measure
from criteria.rules.vocabulary import ExemptionKind, Kind, Level

pytestmark = pytest.mark.django_db

BEGUN = date(2022, 1, 4)
LEAD = Lead("yt", "Phòng Y tế")
SAVE = None
SUBMIT, WITHDRAW, RETURN, VERIFY, APPROVE = (
    ActKind.SUBMIT, ActKind.WITHDRAW, ActKind.RETURN, ActKind.VERIFY, ActKind.APPROVE,
)  # fmt: skip
TO_LEAD, TO_ASSESSOR, APPRAISE = ActKind.RETURN_TO_LEAD, ActKind.RETURN_TO_ASSESSOR, ActKind.APPRAISE
THREE, FOUR, FIVE = (Entry(Decimal(n)) for n in (3, 4, 5))
EXEMPT = Entry(
    None, Decimal(0), Decimal(0), exemption=ExemptionKind.NO_SUBJECT, exemption_reason="Xã không có làng nghề."
)


@dataclass
class Town:
    """A district of two communes with the same past, and the five persons who made it."""

    units: dict[str, Unit]
    people: dict[str, Person]
    measure: Measure


@pytest.fixture
def town() -> Town:
    people = {name: make_person(username=name, full_name=name, password=None, hashed="!")
              for name in ("keeper", "checker", "second", "boss", "other")}  # fmt: skip
    boss = people["boss"]
    district = make_units(
        by=boss, parent=None, units=[NewUnit("447", "Kỳ Anh", "ky-anh", "huyện", Level.DISTRICT)], on=BEGUN
    )[0]
    named = [("a", "A"), ("b", "B")]
    new = [NewUnit(f"1000{code}", name, f"xa-{code}", "xã", Level.COMMUNE) for code, name in named]
    units = {unit.slug: unit for unit in make_units(by=boss, parent=district, units=new, on=BEGUN)}
    department = make_departments(district_code="447", named=[("yt", "Phòng Y tế")])[0]
    post_people(by=boss, district=district, on=BEGUN, postings=[
        *(NewPosting(people["keeper"], Role.COMMUNE, unit) for unit in units.values()),
        NewPosting(people["checker"], Role.DEPARTMENT, district, department),
        NewPosting(people["second"], Role.DEPARTMENT, district, department),
        NewPosting(people["boss"], Role.COORDINATOR, district),
        NewPosting(people["other"], Role.COORDINATOR, district),
    ])  # fmt: skip
    measure = Measure.objects.create(
        code="thu", name="Số mô hình", kind=Kind.COUNT.value, level=Level.COMMUNE.value, unit="mô hình"
    )
    return Town(units, people, measure)


def step(town: Town, unit: str, year: int, day: int, act: ActKind | None, by: str, **more: Any) -> Step:
    return Step(date(2023, 3, day), act, town.people[by], town.units[unit], town.measure, year, **more)


# Every act of the workflow, each way that a revision can go. (day, act, who, what else)
PASTS: dict[str, list[tuple[int, ActKind | None, str, dict[str, Any]]]] = {
    "the usual way": [
        (1, SAVE, "keeper", {"entry": THREE}), (2, SUBMIT, "keeper", {}), (3, VERIFY, "checker", {}),
        (5, APPROVE, "boss", {}), (6, APPRAISE, "boss", {"entry": FOUR}),
    ],
    "an approved figure stays while its successor is on the way": [
        (1, SAVE, "keeper", {"entry": THREE}), (2, SUBMIT, "keeper", {}), (3, VERIFY, "checker", {}),
        (5, APPROVE, "boss", {}), (7, SAVE, "keeper", {"entry": FOUR}), (8, SUBMIT, "keeper", {}),
    ],
    "returned, mended, verified otherwise, an indicator refused": [
        (1, SAVE, "keeper", {"entry": THREE}), (1, SUBMIT, "keeper", {}),
        (2, RETURN, "checker", {"reason": "Thiếu danh sách."}), (3, SAVE, "keeper", {"entry": FIVE}),
        (3, SUBMIT, "keeper", {}), (4, VERIFY, "checker", {"entry": FOUR, "refused": {"xa:1.1": "Chưa công nhận."}}),
        (4, APPROVE, "boss", {}),
    ],
    "withdrawn, and the one before goes back to the verifier": [
        (1, SAVE, "keeper", {"entry": THREE}), (1, SUBMIT, "keeper", {}), (2, SAVE, "keeper", {"entry": FOUR}),
        (2, SUBMIT, "keeper", {}), (3, WITHDRAW, "keeper", {}), (4, VERIFY, "checker", {}),
    ],
    "sent back to the lead, verified again by a colleague": [
        (1, SAVE, "keeper", {"entry": THREE}), (1, SUBMIT, "keeper", {}), (2, VERIFY, "checker", {}),
        (3, TO_LEAD, "boss", {"reason": "Thiếu biên bản."}), (4, VERIFY, "second", {"entry": FOUR}),
        (5, APPROVE, "other", {}),
    ],
    "sent back to the commune by the office": [
        (1, SAVE, "keeper", {"entry": THREE}), (1, SUBMIT, "keeper", {}), (2, VERIFY, "checker", {}),
        (3, TO_ASSESSOR, "boss", {"reason": "Sai số."}), (3, SAVE, "keeper", {"entry": FIVE}),
    ],
    "drafts over drafts, one of them saying nothing new": [
        (1, SAVE, "keeper", {"entry": THREE}), (1, SAVE, "keeper", {"entry": THREE}),
        (2, SAVE, "keeper", {"entry": FOUR}), (2, SAVE, "keeper", {"entry": EXEMPT}),
    ],
    "a newer verification replaces the one that waits": [
        (1, SAVE, "keeper", {"entry": THREE}), (1, SUBMIT, "keeper", {}), (2, VERIFY, "checker", {}),
        (3, SAVE, "keeper", {"entry": FOUR}), (3, SUBMIT, "keeper", {}), (4, VERIFY, "checker", {}),
        (5, APPROVE, "boss", {}),
    ],
}  # fmt: skip


def one_by_one(told: Step) -> None:
    """The same step as the screens do it."""
    assessment = Assessment.objects.filter(unit=told.unit, measure=told.measure, year=told.year).first()
    standing, item = standing_of(told.by, told.on), item_of(told.unit, LEAD)
    if told.act is None:
        version = assessment.version if assessment else 0
        assert told.entry is not None
        save_value(by=told.by, standing=standing, item=item, unit=told.unit, measure=told.measure, year=told.year,
                   seen_version=version, entry=told.entry, on=told.on)  # fmt: skip
        return
    revision = revision_for(assessment, told.act)
    result = Statement.objects.filter(of=revision, kind=StatementKind.VERIFICATION.value).order_by("-pk").first()
    item = item_of(told.unit, LEAD, revision, result.by_id if result else None)
    if told.act is APPRAISE:
        assert told.entry is not None
        record_appraisal(by=told.by, standing=standing, item=item, revision=revision, entry=told.entry, on=told.on)
        return
    move(act=told.act, by=told.by, standing=standing, item=item, seen=Seen(revision.pk), on=told.on,
         reason=told.reason, result=told.entry, refused=told.refused)  # fmt: skip


def revision_for(assessment: Assessment | None, act: ActKind) -> Statement:
    waiting = {VERIFY: "submitted", RETURN: "submitted", WITHDRAW: "submitted", APPROVE: "verified"}
    rows = Statement.objects.filter(assessment=assessment, kind=StatementKind.REVISION.value).order_by("-pk")
    fitting = rows.filter(stage=waiting[act]) if act in waiting else rows
    return fitting[0]


def rows_of(unit: Unit) -> list[Any]:
    """Everything written about a commune, with identifiers counted from its first row."""
    statements = list(Statement.objects.filter(assessment__unit=unit).order_by("pk"))
    place: Callable[[int | None], int | None] = {None: None, **{s.pk: n for n, s in enumerate(statements)}}.get
    return [
        [(a.year, a.version, place(a.current_id)) for a in Assessment.objects.filter(unit=unit)],
        [(s.kind, place(s.of_id), s.value, s.numerator, s.denominator, s.exemption, s.exemption_reason, s.document,
          s.remark, s.refused, s.source, s.stage, s.by_id, s.on) for s in statements],
        [(a.kind, place(a.revision_id), place(a.result_id), a.reason, a.by_id, a.on)
         for a in Act.objects.filter(assessment__unit=unit).order_by("pk")],
        sorted((h.basis, place(h.statement_id), h.from_on, h.until_on or date.max)
               for h in Holding.objects.filter(assessment__unit=unit)),
    ]  # fmt: skip


@pytest.mark.parametrize("name", PASTS)
def test_a_replayed_past_is_the_same_as_one_done_act_by_act(town: Town, name: str):
    for day, act, by, more in PASTS[name]:
        one_by_one(step(town, "xa-a", 2023, day, act, by, **more))
    replay(steps=[step(town, "xa-b", 2023, day, act, by, **more) for day, act, by, more in PASTS[name]])
    assert rows_of(town.units["xa-b"]) == rows_of(town.units["xa-a"])
    assert Statement.objects.filter(assessment__unit=town.units["xa-a"]).exists()
    assert history_break() is None


def test_identifiers_grow_with_the_days_over_all_cells(town: Town):
    late = [(day + 10, act, by, more) for day, act, by, more in PASTS["the usual way"]]
    steps = [step(town, "xa-a", 2023, day, act, by, **more) for day, act, by, more in late]
    steps += [step(town, "xa-b", 2023, day, act, by, **more) for day, act, by, more in PASTS["the usual way"]]
    replay(steps=steps)
    for model in (Statement, Act):
        days = list(model.objects.order_by("pk").values_list("on", flat=True))
        assert days == sorted(days)


def test_ordinary_acts_go_on_after_a_replayed_past(town: Town):
    replay(steps=[step(town, "xa-a", 2023, *PASTS["the usual way"][0][:3], **PASTS["the usual way"][0][3])])
    one_by_one(step(town, "xa-a", 2023, 20, SAVE, "keeper", entry=FIVE))
    one_by_one(step(town, "xa-b", 2023, 20, SAVE, "keeper", entry=FIVE))
    assert Statement.objects.count() == 3


def test_history_tells_one_line_for_person_unit_day_and_act(town: Town):
    second = Measure.objects.create(code="hai", name="Số sản phẩm", kind="count", level="commune", unit="sản phẩm")
    steps = []
    for measure in (town.measure, second):
        for day, act, by, more in PASTS["the usual way"][:3]:
            steps.append(step(town, "xa-a", 2023, day, act, by, **more)._replace(measure=measure))
    before = HistoryEntry.objects.count()
    assert replay(steps=steps).remembered == 3
    told = list(HistoryEntry.objects.filter(number__gt=before).order_by("number").values_list("sentence", flat=True))
    assert told[1] == "Xã A: {người} gửi thẩm tra 2 số liệu năm 2023"


def test_a_return_is_told_with_its_reason(town: Town):
    past = PASTS["returned, mended, verified otherwise, an indicator refused"]
    replay(steps=[step(town, "xa-a", 2023, day, act, by, **more) for day, act, by, more in past])
    entry = HistoryEntry.objects.get(act="assessment.return")
    assert "Số mô hình" in entry.sentence and entry.sentence.endswith("Lý do: Thiếu danh sách.")


@pytest.mark.parametrize(
    ("past", "why"),
    [
        ([(1, SUBMIT, "keeper", {})], "Chưa có số liệu"),
        ([(1, SAVE, "keeper", {"entry": THREE}), (2, VERIFY, "checker", {})], "chỉ xác nhận thẩm tra được khi"),
        ([(1, SAVE, "checker", {"entry": THREE}), (2, SUBMIT, "keeper", {}), (3, VERIFY, "checker", {})],
         "không tự thẩm tra"),
        ([*PASTS["the usual way"][:2], (3, VERIFY, "boss", {}), (4, APPROVE, "boss", {})], "không duyệt kết quả"),
        ([*PASTS["the usual way"][:2], (3, RETURN, "checker", {})], "Phải ghi lý do"),
        ([*PASTS["the usual way"][:2], (3, APPRAISE, "boss", {"entry": THREE})], "huyện đã thẩm tra"),
    ],
)  # fmt: skip
def test_a_past_that_the_rules_refuse_is_not_written(town: Town, past: list[Any], why: str):
    with pytest.raises(ImpossiblePast, match=why):
        replay(steps=[step(town, "xa-a", 2023, day, act, by, **more) for day, act, by, more in past])
    assert not Statement.objects.exists()


def test_a_past_is_written_only_where_nothing_was_stated(town: Town):
    steps = [step(town, "xa-a", 2023, 1, SAVE, "keeper", entry=THREE)]
    replay(steps=steps)
    with pytest.raises(ImpossiblePast):
        replay(steps=steps)
