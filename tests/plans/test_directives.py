"""A directive from the day it is entered until its last item is done: who may, who is told, what is remembered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import HistoryEntry, Notice, Person
from accounts.rules import NoticeKind
from criteria.policies import Refused
from plans.actions import directing, following
from plans.actions.directing import Asked, Stale, add_items, change_item, correct_head
from plans.actions.following import Decision, record_meeting
from plans.models import Directive, DirectiveItem, ItemNote, OwnDay, Task
from plans.queries.directives import directive_page, items_of, meeting_of, open_items_for
from plans.rules.vocabulary import DirectiveKind, ItemState
from tests.makers import TODAY, Cast, make_cast
from tests.plans.directives import DUE, ISSUED, WHAT, act, asked, entered, head, item_of, standing_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def told(person: Person) -> list[str]:
    return [row.sentence for row in Notice.objects.filter(person=person, kind=NoticeKind.DIRECTIVE.value)]


def acts(cast: Cast) -> list[str]:
    rows = HistoryEntry.objects.filter(act__startswith="directive.").order_by("number")
    return [row.act.removeprefix("directive.") for row in rows]


# ---------- entered ----------


def test_the_office_enters_a_conclusion_and_who_is_given_something_is_told(cast: Cast):
    row = entered(
        cast,
        asked(cast, responsible=cast.dung),
        asked(cast, "Bảo hiểm y tế trên 95 %", department=cast.departments["bhxh"]),
        asked(cast, "Vệ sinh môi trường", units=(cast.ky_phu, cast.ky_chau)),
        asked(cast, "Ra quân trồng cây", units=(cast.ky_phu,)),
    )
    assert [(item.position, item.unit) for item in row.items.all()] == [
        (1, cast.district), (2, cast.district), (3, cast.ky_phu), (3, cast.ky_chau), (4, cast.ky_phu),
    ]  # fmt: skip
    assert told(cast.dung) == [f"Được giao theo Thông báo kết luận 112-TB/HU: “{WHAT}”, hạn {DUE:%d/%m/%Y}."]
    assert "Bảo hiểm y tế" in told(cast.hoa)[0] and "Vệ sinh môi trường" in told(cast.minh)[0]
    assert told(cast.lan) == ["2 nội dung chỉ đạo được giao theo Thông báo kết luận 112-TB/HU"]
    assert told(cast.tuan) == told(cast.quan) == told(cast.binh) == []


def test_history_tells_every_unit_of_its_own(cast: Cast):
    entered(cast, asked(cast), asked(cast, "Vệ sinh môi trường", units=(cast.ky_phu, cast.ky_chau)))
    entries = HistoryEntry.objects.filter(act__startswith="directive.").order_by("number")
    assert [(row.act, row.unit_code, row.district_code) for row in entries] == [
        ("directive.enter", "447", "447"), ("directive.give", "447", "447"), ("directive.give", "18769", "447"),
        ("directive.give", "18790", "447"),
    ]  # fmt: skip
    assert "Vệ sinh môi trường" in entries[2].sentence and entries[2].sentence.startswith("Xã Kỳ Phú")


def test_leaders_give_directives_too_and_nobody_else_does(cast: Cast):
    entered(cast, by=cast.hung)
    for person in (cast.lan, cast.hoa, cast.dung, cast.quan, cast.binh):
        with pytest.raises(Refused, match="Chỉ Văn phòng Điều phối NTM huyện và lãnh đạo huyện"):
            entered(cast, by=person, number="113-TB/HU")
    assert Directive.objects.count() == 1


def test_without_the_policy_a_commune_would_give_orders_to_the_district(cast: Cast, monkeypatch):
    """Positive control: it is the policy inside the act that stops it."""
    monkeypatch.setattr(directing, "why_not_give", lambda *given: None)
    assert entered(cast, by=cast.lan).items.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "Ghi trích yếu"),
        ({"issuer": ""}, "Ghi cơ quan ban hành"),
        ({"issued_on": TODAY + timedelta(days=1)}, "Ngày ban hành chưa đến"),
    ],
)
def test_a_document_says_what_it_is(cast: Cast, fields: dict[str, object], sentence: str):
    with pytest.raises(Refused, match=sentence):
        entered(cast, **fields)


def test_what_is_asked_can_be_done(cast: Cast):
    for thing, sentence in (
        (asked(cast, " "), "Chưa ghi nội dung"),
        (asked(cast, "a" * 2001), "dài quá 2000"),
        (asked(cast, due_on=ISSUED - timedelta(days=1)), "sớm hơn ngày ban hành"),
        (asked(cast, responsible=cast.binh), "không phải cán bộ"),
        (asked(cast, units=(cast.ky_phu,), responsible=cast.minh), "không phải cán bộ"),
    ):
        with pytest.raises(Refused, match=sentence):
            entered(cast, thing)
    assert not Directive.objects.exists() and not acts(cast)


def test_a_document_is_entered_once(cast: Cast):
    entered(cast)
    with pytest.raises(Refused, match="đã được ghi rồi"):
        entered(cast, number="112-tb/hu")
    entered(cast, number="")
    entered(cast, number="")  # without a number nobody can tell


def test_past_dates_may_be_entered_and_are_late_at_once(cast: Cast):
    row = entered(cast, asked(cast, due_on=ISSUED))
    (item,) = directive_page(row, cast.standing(cast.tuan), TODAY).items
    assert (item.state, item.state_words) == (ItemState.LATE, "trễ 44 ngày")


def test_items_are_added_with_the_next_number(cast: Cast):
    row = entered(cast, asked(cast, units=(cast.ky_phu, cast.ky_chau)))
    who = {"by": cast.tuan, "standing": cast.standing(cast.tuan), "on": TODAY}
    (item,) = add_items(**who, directive=row, asked=[asked(cast, "Nội dung bổ sung", units=(cast.ky_phu,))])
    assert item.position == 2
    assert told(cast.lan) == ["2 nội dung chỉ đạo được giao"], "one unread notice a day and document"


# ---------- mended ----------


def test_an_item_is_mended_and_the_new_holder_told(cast: Cast):
    item = item_of(entered(cast))
    who = {"by": cast.mai, "standing": cast.standing(cast.mai), "on": TODAY}
    new = Asked("Hoàn thiện đường găng toàn huyện", (cast.ky_phu,), due_on=DUE)
    saved = change_item(**who, item=item, seen_version=1, asked=new)
    assert (saved.unit, saved.version, saved.text) == (cast.ky_phu, 2, new.text)
    assert "sửa nội dung được giao" in told(cast.lan)[0]
    entry = HistoryEntry.objects.latest("number")
    assert entry.unit_code == "18769" and "huyện Kỳ Anh → xã Kỳ Phú" in entry.sentence
    with pytest.raises(Stale) as stale:
        change_item(**who, item=item, seen_version=1, asked=asked(cast))
    assert stale.value.current.text == new.text
    before = len(acts(cast))
    change_item(**who, item=item, seen_version=2, asked=new)
    assert len(acts(cast)) == before, "nothing changed, nothing is remembered"


def test_a_document_is_mended_by_who_saw_it_as_it_is(cast: Cast):
    row = entered(cast)
    who = {"by": cast.mai, "standing": cast.standing(cast.mai), "on": TODAY, "directive": row}
    correct_head(**who, seen=head(), head=head(number="113-TB/HU", kind=DirectiveKind.RESOLUTION))
    row.refresh_from_db()
    assert (row.kind, row.number) == ("resolution", "113-TB/HU")
    with pytest.raises(Stale):
        correct_head(**who, seen=head(), head=head(number="114-TB/HU"))
    seen = head(number="113-TB/HU", kind=DirectiveKind.RESOLUTION)
    with pytest.raises(Refused, match="sớm hơn ngày ban hành"):
        correct_head(**who | {"on": DUE + timedelta(days=9)}, seen=seen, head=head(issued_on=DUE + timedelta(days=1)))


# ---------- followed ----------


def test_from_given_to_confirmed_every_step_is_told_and_remembered(cast: Cast):
    item = item_of(entered(cast, asked(cast, units=(cast.ky_phu,))))
    act(cast.lan, item, "ghi", "Đã họp thôn")
    act(cast.lan, item, "xong", "Đã trồng 2 km cây xanh")
    assert (item.reported_by, item.reported_on, item.done_on) == (cast.lan, TODAY, None)
    assert told(cast.tuan) == [f"Nguyễn Thị Lan báo đã xong (xã Kỳ Phú): {WHAT}"] and told(cast.minh) == []
    act(cast.tuan, item, "mo-lai", "Còn thôn Phú Lợi")
    assert item.reported_on is None and "Còn thôn Phú Lợi" in told(cast.lan)[0] and len(told(cast.lan)) == 2
    act(cast.lan, item, "xong", "Đã xong cả thôn Phú Lợi")
    act(cast.mai, item, "xac-nhan")
    assert (item.done_by, item.done_on) == (cast.mai, TODAY)
    assert acts(cast) == ["enter", "give", "note", "report", "reopen", "report", "done"]
    assert [note.text for note in item.notes.all()] == [
        "Đã họp thôn", "Báo đã xong: Đã trồng 2 km cây xanh", "Mở lại: Còn thôn Phú Lợi",
        "Báo đã xong: Đã xong cả thôn Phú Lợi", "Xác nhận đã xong.",
    ]  # fmt: skip


def test_who_answers_reports_and_only_the_office_confirms(cast: Cast):
    row = entered(cast, asked(cast, units=(cast.ky_phu,)), asked(cast, "BHYT", department=cast.departments["bhxh"]),
                  asked(cast, "Chỉ đạo chung", responsible=cast.hung), asked(cast, "Việc của Văn phòng"))  # fmt: skip
    may = {1: {"lan"}, 2: {"hoa"}, 3: {"hung"}, 4: {"tuan", "mai"}}
    for position, allowed in may.items():
        rows = {name: items_of(row.items.filter(position=position), cast.standing(getattr(cast, name)), TODAY)[0]
                for name in ("lan", "minh", "hoa", "tuan", "mai", "hung", "dung", "quan")}  # fmt: skip
        assert {name for name, item in rows.items() if not item.why_not_report} == allowed, position
        assert {name for name, item in rows.items() if not item.why_not_note} == allowed | {"tuan", "mai"}
        assert {name for name, item in rows.items() if not item.why_not_confirm} == {"tuan", "mai"}
    item = item_of(row)
    for person in (cast.minh, cast.hoa, cast.hung, cast.quan):
        assert "Chỉ người, cơ quan hoặc xã được giao" in act(person, item, "xong", "x").content.decode()
        assert "Chỉ Văn phòng Điều phối NTM huyện" in act(person, item, "xac-nhan", "x").content.decode()
    assert item.reported_on is None and item.done_on is None


def test_without_the_policy_a_neighbour_would_report_for_another_commune(cast: Cast, monkeypatch):
    """Positive control: it is the policy inside the act that stops it."""
    item = item_of(entered(cast, asked(cast, units=(cast.ky_phu,))))
    monkeypatch.setattr(following, "why_not_report", lambda *given: None)
    act(cast.minh, item, "xong", "x")
    assert item.reported_by == cast.minh


def test_who_left_the_seat_reports_nothing_any_more(cast: Cast):
    item = item_of(entered(cast, asked(cast, responsible=cast.dung)))
    cast.dung.postings.update(to_on=TODAY)
    assert act(cast.dung, item, "xong", "x").status_code == 404 and item.reported_on is None


def test_what_nobody_reported_is_closed_with_a_note(cast: Cast):
    item = item_of(entered(cast))
    assert "ghi kết quả hoặc lý do kết thúc" in act(cast.tuan, item, "xac-nhan").content.decode()
    assert item.done_on is None
    act(cast.tuan, item, "xac-nhan", "Đã nhập vào Kế hoạch 45")
    assert item.done_on == TODAY and item.notes.get().text == "Kết thúc: Đã nhập vào Kế hoạch 45"
    for what in ("ghi", "xong", "xac-nhan", "ke-hoach"):
        assert "đã xong" in act(cast.tuan, item, what, "x").content.decode()
    assert acts(cast) == ["enter", "give", "done"]


def test_an_act_needs_its_words(cast: Cast):
    item = item_of(entered(cast))
    for what, sentence in (("ghi", "Ghi đã làm đến đâu"), ("xong", "Ghi kết quả thực hiện"), ("mo-lai", "đang mở")):
        assert sentence in act(cast.tuan, item, what, "  ").content.decode()
    assert "dài quá 2000" in act(cast.tuan, item, "ghi", "a" * 2001).content.decode()
    assert act(cast.tuan, item, "xoa").status_code == 400
    assert not ItemNote.objects.exists()


# ---------- into the plan ----------


def test_an_item_becomes_a_task_of_the_plan_and_shows_how_far_it_is(cast: Cast):
    OwnDay.objects.create(district=cast.district, day=date(2023, 10, 20), reason="Nghỉ bù")
    row = entered(cast, asked(cast, due_on=date(2023, 10, 27), units=(cast.ky_phu,), responsible=cast.lan))
    item = item_of(row)
    assert "Đã đưa vào kế hoạch" in act(cast.tuan, item, "ke-hoach").content.decode()
    task = Task.objects.get()
    assert (task.unit, task.level, task.item, task.responsible) == (cast.ky_phu, "commune", item, cast.lan)
    assert (task.duration, task.days, task.due_on) == (9, "working", date(2023, 10, 27)), "16-27/10 without the 20th"
    assert "đã có việc trong kế hoạch" in act(cast.tuan, item, "ke-hoach").content.decode()
    assert Task.objects.count() == 1
    Task.objects.update(progress=100, started_on=TODAY, finished_on=TODAY)
    (shown,) = directive_page(row, cast.standing(cast.tuan), TODAY).items
    assert shown.task and shown.task.words == "việc trong kế hoạch đã xong 15/10/2023" and shown.task_is_done
    assert shown.state is ItemState.OPEN, "the office confirms"


def test_only_the_office_plans_and_only_what_has_a_day(cast: Cast):
    row = entered(cast, asked(cast, due_on=None), asked(cast, due_on=ISSUED))
    assert "Đặt hạn cho nội dung này" in act(cast.tuan, item_of(row), "ke-hoach").content.decode()
    late = item_of(row, 2)
    assert "Chỉ Văn phòng" in act(cast.hung, late, "ke-hoach").content.decode()
    assert not Task.objects.exists()
    act(cast.tuan, late, "ke-hoach")
    assert Task.objects.get().duration == 1, "what is past its day still takes one"


# ---------- back at the next meeting ----------


def meet(cast: Cast, day: date, *decisions: Decision, by: Person | None = None) -> int:
    by = by or cast.tuan
    who = {"by": by, "standing": standing_on(by, day), "district": cast.district}
    return record_meeting(**who, meeting_on=day, decisions=decisions, on=day)


def test_what_is_open_comes_back_with_what_was_done_since(cast: Cast):
    first, second = TODAY - timedelta(days=30), TODAY
    row = entered(cast, asked(cast), asked(cast, "Vệ sinh", units=(cast.ky_phu,)), asked(cast, "Đã xong"), on=first)
    late, other, closed = row.items.order_by("pk")
    meet(cast, first, Decision(late.pk, 1, "Làm gấp", first + timedelta(days=10)))
    act(cast.tuan, late, "ghi", "Đã gửi dự thảo")
    act(cast.tuan, closed, "xac-nhan", "Xong rồi")
    found = meeting_of(cast.district, cast.standing(cast.tuan), second, TODAY)
    assert found.last_on == first
    assert [(item.row.pk, [note.text for note in item.since]) for item in found.open] == [
        (late.pk, ["Đã gửi dự thảo"]), (other.pk, []),
    ]  # fmt: skip
    assert (found.tally.late, found.moved, [item.pk for item in found.closed]) == (1, 1, [closed.pk])
    late.refresh_from_db()
    assert (late.due_on, late.version) == (first + timedelta(days=10), 2)
    note = late.notes.first()
    assert note.text == f"Làm gấp. Hạn mới {late.due_on:%d/%m/%Y} (hạn cũ: {DUE:%d/%m/%Y})."
    assert note.meeting_on == first


def test_a_meeting_is_one_act_refused_as_a_whole(cast: Cast):
    row = entered(cast, asked(cast), asked(cast, "Khác"))
    one, two = row.items.order_by("pk")
    with pytest.raises(Stale):
        meet(cast, TODAY, Decision(one.pk, 1, "Đồng ý"), Decision(two.pk, 7, "Đồng ý"))
    with pytest.raises(Refused, match="đã qua trước ngày họp"):
        meet(cast, TODAY, Decision(one.pk, 1, "Đồng ý"), Decision(two.pk, 1, "", ISSUED))
    with pytest.raises(Refused, match="Chưa ghi kết luận"):
        meet(cast, TODAY, Decision(one.pk, 1, " "))
    with pytest.raises(Refused, match="không thuộc huyện này"):
        meet(cast, TODAY, Decision(999_999, 1, "x"))
    with pytest.raises(Refused, match="Chỉ Văn phòng"):
        meet(cast, TODAY, Decision(one.pk, 1, "x"), by=cast.lan)
    assert not ItemNote.objects.exists()
    assert meet(cast, TODAY, Decision(one.pk, 1, "Đồng ý"), Decision(two.pk, 1, "", DUE), by=cast.hung) == 2
    assert [note.text for note in ItemNote.objects.order_by("pk")] == ["Đồng ý", "Giữ nguyên hạn."]


def test_a_meeting_of_another_district_touches_nothing_of_ours(cast: Cast):
    item = item_of(entered(cast))
    who = {"by": cast.binh, "standing": cast.standing(cast.binh), "district": cast.next_district}
    with pytest.raises(Refused, match="không thuộc huyện này"):
        record_meeting(**who, meeting_on=TODAY, decisions=[Decision(item.pk, 1, "x")], on=TODAY)


# ---------- my work ----------


def test_my_work_holds_what_waits_for_me(cast: Cast):
    row = entered(
        cast, asked(cast, units=(cast.ky_phu,)), asked(cast, "BHYT", department=cast.departments["bhxh"]),
        asked(cast, "Trễ", units=(cast.ky_phu,), due_on=ISSUED), asked(cast, "Của Dũng", responsible=cast.dung),
    )  # fmt: skip

    def mine(person: Person) -> list[tuple[str, ItemState, bool]]:
        rows = open_items_for(cast.standing(person), TODAY)
        return [(line.sentence.partition(" (")[0], line.state, line.is_named) for line in rows]

    assert mine(cast.lan) == [("Trễ", ItemState.LATE, False), (WHAT, ItemState.OPEN, False)]
    assert mine(cast.hoa) == [("BHYT", ItemState.OPEN, False)]
    assert mine(cast.dung) == [("Của Dũng", ItemState.OPEN, True)]
    assert mine(cast.tuan) == mine(cast.minh) == mine(cast.binh) == mine(cast.quan) == []
    act(cast.lan, item_of(row), "xong", "Đã làm")
    assert mine(cast.lan) == [("Trễ", ItemState.LATE, False)]
    assert mine(cast.tuan) == [(f"Xác nhận đã xong: {WHAT}", ItemState.REPORTED, False)]
    assert open_items_for(cast.standing(cast.lan), TODAY)[0].url == f"/chi-dao/{row.pk}/#n-{item_of(row, 3).pk}"


def test_what_is_said_later_was_not_known_before(cast: Cast):
    row = entered(cast, on=TODAY - timedelta(days=5))
    act(cast.tuan, item_of(row), "xac-nhan", "Xong")
    before = items_of(DirectiveItem.objects.all(), cast.standing(cast.tuan), TODAY - timedelta(days=1))
    assert before[0].state is ItemState.OPEN and before[0].notes == ()
    assert items_of(DirectiveItem.objects.all(), cast.standing(cast.tuan), TODAY - timedelta(days=6)) == []
