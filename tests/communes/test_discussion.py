"""Talk about a figure: who reads, speaks and is called, what stays inside the unit, resolving and opening again."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import HistoryEntry, Notice, Person
from accounts.rules import NoticeKind
from communes.models import Comment, Statement
from communes.queries import discussion as queries
from communes.queries.discussion import Circle, Concerned, circle_of, comments_of, open_comments
from communes.rules.workflow import ActKind
from communes.views import discussion as views
from tests.makers import HEALTH_INSURANCE, XA, YEAR, Cast, make_cast, signed_in, stated, step, typed

pytestmark = pytest.mark.django_db
PAGE = f"/xa/ky-phu/trao-doi/{YEAR}/bhyt/"
SHEET = f"/xa/ky-phu/danh-gia/{XA}/{YEAR}/"
QUESTION = "Danh sách chốt ngày nào?"
LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.get_current_timezone())


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sent(cast: Cast) -> Statement:
    return stated(cast, HEALTH_INSURANCE, "91", by=cast.lan)


def say(person: Person, revision: Statement, text: str = QUESTION, **fields: object) -> HttpResponse:
    """`nhac`: the people called; `tra_loi`: the remark that is answered."""
    posted = {"noi-dung": text, **{name.replace("_", "-"): value for name, value in fields.items()}}
    return signed_in(person).post(f"/trao-doi/{revision.assessment_id}/", posted)


def settle(person: Person, comment: Comment, act: str = "xong") -> HttpResponse:
    return signed_in(person).post(f"/trao-doi/y-kien/{comment.pk}/", {"viec": act})


def page(person: Person, address: str = PAGE) -> str:
    answer = signed_in(person).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def told(person: Person) -> list[str]:
    return [row.sentence for row in Notice.objects.filter(person=person, kind=NoticeKind.COMMENT.value)]


# ---------- saying, calling, answering ----------


def test_hoa_asks_and_calls_lan_who_finds_it_under_the_bell(cast: Cast, sent: Statement):
    answer = say(cast.hoa, sent, nhac=[cast.lan.pk])
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    notice = Notice.objects.get(person=cast.lan, kind=NoticeKind.COMMENT.value)
    assert notice.url == PAGE and "Phan Thị Hoa trao đổi về" in notice.sentence and QUESTION in notice.sentence
    assert not told(cast.hoa) and not told(cast.tuan), "only who is called"
    html = page(cast.lan)
    assert QUESTION in html and "@Nguyễn Thị Lan" in html and "<b>Phan Thị Hoa</b>, " in html
    entry = HistoryEntry.objects.latest("number")
    assert entry.act == "comment.add" and QUESTION in entry.sentence


def test_an_answer_stands_under_its_question_and_tells_who_spoke_before(cast: Cast, sent: Statement):
    say(cast.hoa, sent)
    question = Comment.objects.get()
    say(cast.lan, sent, "Chốt ngày 30/9.", tra_loi=question.pk)
    say(cast.tuan, sent, "Đã rõ.", tra_loi=question.pk)
    assert len(told(cast.hoa)) == 2 and len(told(cast.lan)) == 1 and not told(cast.tuan)
    (thread,) = comments_of([sent.assessment_id])[sent.assessment_id]
    assert [reply.text for reply in thread.replies] == ["Chốt ngày 30/9.", "Đã rõ."]


def test_an_answer_to_another_figures_remark_is_a_bad_request(cast: Cast, sent: Statement):
    other = stated(cast, HEALTH_INSURANCE, "88", by=cast.minh, unit=cast.ky_chau)
    say(cast.hoa, other)
    assert say(cast.hoa, sent, "Trả lời", tra_loi=Comment.objects.get().pk).status_code == 400
    for junk in ("x", "9" * 20, "-1"):
        assert say(cast.hoa, sent, "Trả lời", tra_loi=junk).status_code == 400
        assert say(cast.hoa, sent, nhac=[junk]).status_code in (400, 422)
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "sentence"), [("  ", "Chưa có nội dung trao đổi."), ("a" * 2001, "Nội dung dài quá 2000 ký tự.")]
)
def test_what_says_nothing_or_too_much_is_refused_with_a_sentence(cast: Cast, sent: Statement, text, sentence):
    answer = say(cast.hoa, sent, text)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Comment.objects.exists()


def test_what_is_said_is_shown_as_text(cast: Cast, sent: Statement):
    say(cast.lan, sent, "<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in page(cast.hoa) and "<script>alert" not in page(cast.hoa)


def test_with_script_only_the_talk_comes_back(cast: Cast, sent: Statement):
    client = signed_in(cast.hoa)
    asked = {"HX-Request": "true"}
    html = client.post(f"/trao-doi/{sent.assessment_id}/", {"noi-dung": QUESTION}, headers=asked).content.decode()
    assert QUESTION in html and html.lstrip().startswith("<section") and "<html" not in html
    assert "<html" not in client.get(PAGE, headers=asked).content.decode()


# ---------- who is called ----------


def test_only_those_whom_the_figure_concerns_can_be_called(cast: Cast, sent: Statement):
    names = {one.name for one in circle_of(sent.assessment, sent.on).people}
    assert names == {person.full_name for person in (cast.lan, cast.hoa, cast.tuan, cast.mai)}
    answer = say(cast.hoa, sent, nhac=[cast.minh.pk])
    assert answer.status_code == 422 and "Chỉ nhắc tên được người của đơn vị" in answer.content.decode()
    assert not told(cast.minh) and not Comment.objects.exists()


def test_without_the_circle_the_neighbour_would_be_told(cast: Cast, sent: Statement, monkeypatch):
    """Positive control: it is the circle that keeps a figure's text from the neighbour's bell."""
    everybody = Circle("bhxh", frozenset(), (Concerned(cast.minh.pk, cast.minh.full_name, ""),))
    monkeypatch.setattr(views, "circle_of", lambda *asked, **more: everybody)
    assert say(cast.hoa, sent, nhac=[cast.minh.pk]).status_code == 302
    assert QUESTION in told(cast.minh)[0]


# ---------- rights and foreign objects ----------


def test_the_neighbour_and_the_next_district_find_nothing(cast: Cast, sent: Statement):
    say(cast.hoa, sent)
    comment = Comment.objects.get()
    for person in (cast.minh, cast.binh):
        assert signed_in(person).get(PAGE).status_code == 404
        assert say(person, sent).status_code == 404
        assert settle(person, comment).status_code == 404
    comment.refresh_from_db()
    assert Comment.objects.count() == 1 and comment.resolved_at is None


@pytest.mark.parametrize("pk", [0, 999_999, 2**63, 10**30])
def test_what_is_not_there_is_not_found(cast: Cast, pk: int):
    client = signed_in(cast.tuan)
    assert client.post(f"/trao-doi/{pk}/", {"noi-dung": "a"}).status_code == 404
    assert client.post(f"/trao-doi/y-kien/{pk}/", {"viec": "xong"}).status_code == 404


def test_who_reads_but_is_not_concerned_is_told_why_and_says_nothing(cast: Cast, sent: Statement):
    html = page(cast.quan)
    assert "cơ quan phối hợp và Văn phòng Điều phối NTM huyện trao đổi ở đây." in html
    assert 'name="noi-dung"' not in html
    assert say(cast.quan, sent).status_code == 403
    assert not Comment.objects.exists()


def test_leaders_and_the_team_may_speak(cast: Cast, sent: Statement):
    assert [say(person, sent).status_code for person in (cast.hung, cast.dung, cast.mai)] == [302, 302, 302]


def test_a_figure_that_nobody_typed_has_no_talk_yet(cast: Cast):
    assert "Chưa có số liệu nào được nhập" in page(cast.lan)


# ---------- what was never sent stays inside ----------


def test_the_talk_about_a_draft_stays_inside_the_unit(cast: Cast):
    draft = typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    assert say(cast.lan, draft, "Số này còn chờ trạm y tế").status_code == 302
    inside = Comment.objects.get()
    for person in (cast.hoa, cast.tuan, cast.hung):
        html = page(person)
        assert "trạm y tế" not in html and "chỉ trao đổi trong nội bộ đơn vị nhập" in html
        assert say(person, draft).status_code == 403
        assert settle(person, inside).status_code == 404
    assert "1 ý kiến đang mở" in page(cast.lan, SHEET)
    assert "ý kiến đang mở" not in page(cast.hoa, SHEET)
    # Sent, the figure is talked about by all whom it concerns; what was said before stays where it was said.
    step(cast, draft, ActKind.SUBMIT, by=cast.lan)
    say(cast.hoa, draft)
    html = page(cast.hoa)
    assert QUESTION in html and "trạm y tế" not in html
    assert "trạm y tế" in page(cast.lan) and QUESTION in page(cast.lan)
    assert say(cast.hoa, draft, "Trả lời", tra_loi=inside.pk).status_code == 400
    assert settle(cast.hoa, inside).status_code == 404
    assert open_comments(cast.ky_phu, YEAR, inside=()) == {"bhyt": 1}
    assert open_comments(cast.ky_phu, YEAR, inside=("bhyt",), measure="bhyt") == {"bhyt": 2}
    assert "Trao đổi <b>1</b>" in page(cast.hoa, "/tham-tra/")


def test_without_that_day_the_department_would_read_the_drafts_talk(cast: Cast, monkeypatch):
    """Positive control: it is the day of the first sending that hides it."""
    draft = typed(cast, HEALTH_INSURANCE, "91", by=cast.lan)
    say(cast.lan, draft, "Số này còn chờ trạm y tế")
    monkeypatch.setattr(queries, "first_sent", lambda wanted: dict.fromkeys(wanted, LONG_AGO))
    assert "trạm y tế" in page(cast.hoa)


# ---------- resolving ----------


def test_a_remark_is_resolved_and_opened_again_and_both_are_remembered(cast: Cast, sent: Statement):
    say(cast.hoa, sent)
    comment = Comment.objects.get()
    assert settle(cast.lan, comment).status_code == 302
    html = page(cast.hoa)
    assert "Nguyễn Thị Lan đánh dấu đã giải quyết" in html and "Mở lại" in html
    assert open_comments(cast.ky_phu, YEAR, inside=()) == {}
    settle(cast.tuan, comment)
    comment.refresh_from_db()
    assert comment.resolved_by == cast.lan, "who comes second changes nothing"
    settle(cast.hoa, comment, "mo-lai")
    comment.refresh_from_db()
    assert comment.resolved_at is None and comment.resolved_by is None
    acts = HistoryEntry.objects.filter(act__startswith="comment.").order_by("number")
    assert [row.act for row in acts] == ["comment.add", "comment.resolve", "comment.reopen"]


def test_an_answer_is_not_resolved_by_itself_and_no_other_act_is_known(cast: Cast, sent: Statement):
    say(cast.hoa, sent)
    question = Comment.objects.get()
    say(cast.lan, sent, "Chốt ngày 30/9.", tra_loi=question.pk)
    assert settle(cast.hoa, question.replies.get()).status_code == 404
    assert settle(cast.hoa, question, "xoa").status_code == 400
    assert settle(cast.quan, question).status_code == 403


def test_many_remarks_cost_as_many_queries_as_one(cast: Cast, sent: Statement):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(cast.lan)
        return len(asked)

    say(cast.hoa, sent, "một", nhac=[cast.lan.pk])
    page(cast.lan)
    one = cost()
    for person, text in ((cast.tuan, "hai"), (cast.hoa, "ba"), (cast.mai, "bốn")):
        say(person, sent, text, nhac=[cast.lan.pk, cast.hoa.pk])
    assert page(cast.lan).count('class="said"') == 4
    assert cost() == one


# ---------- the district's own figures ----------


def test_a_figure_of_the_district_is_talked_about_on_a_page_of_its_own(cast: Cast):
    code = next(p.measure.code for _, p in cast.books.book("huyen-ntm-2021-2025").parts)
    address = f"/huyen/trao-doi/{YEAR}/{code}/"
    assert signed_in(cast.hoa).get(address).status_code == 200
    assert signed_in(cast.lan).get(address).status_code == 404
