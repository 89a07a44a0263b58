"""Logging in, being throttled, logging out, changing the password; where each role lands; postings that ended."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.translation import gettext, ngettext

from accounts.models import HistoryEntry, Person
from tests.makers import TODAY, Cast, make_cast, make_person, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "ruộng bậc thang 22"
LOGIN, LOGOUT, ACCOUNT, CHANGE = "/dang-nhap/", "/dang-xuat/", "/tai-khoan/", "/tai-khoan/mat-khau/"


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    for person in (made.lan, made.hoa, made.tuan, made.hung, made.dung):
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return made


def log_in(client: Client, name: str, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"username": name, "password": password, **more})


def where(client: Client, name: str) -> str:
    """The first screen after logging in: the login leads to a stop that knows the seats."""
    return client.get(log_in(client, name)["Location"])["Location"]


def test_each_role_lands_where_its_work_waits(cast: Cast) -> None:
    assert where(Client(), "lan") == "/viec-cua-toi/"
    assert where(Client(), "hoa") == "/viec-cua-toi/"
    assert where(Client(), "tuan") == "/"
    assert where(Client(), "hung") == "/"
    assert where(Client(), "dung") == "/"


def test_somebody_without_a_seat_lands_on_the_account_that_says_so(cast: Cast) -> None:
    cast.lan.postings.update(to_on=TODAY)
    client = Client()
    assert where(client, "lan") == ACCOUNT
    assert "hiện không giữ vị trí công tác nào" in client.get(ACCOUNT).content.decode()
    assert client.get("/tieu-chi/").status_code == 403


def test_next_is_followed_within_the_application_only(cast: Cast) -> None:
    assert log_in(Client(), "lan", next="/ma-tran/?nam=2023")["Location"] == "/ma-tran/?nam=2023"
    for elsewhere in ("https://example.vn/", "//example.vn/", "/\\example.vn", "javascript:alert(1)", "///x", LOGOUT):
        assert log_in(Client(), "lan", next=elsewhere)["Location"] == "/tai-khoan/bat-dau/", elsewhere


def test_a_wrong_name_and_a_wrong_password_are_told_alike(cast: Cast) -> None:
    pages = []
    for name in ("lan", "khong-co-ai"):
        response = log_in(Client(), name, "sai mật khẩu")
        assert response.status_code == 422
        text = response.content.decode()
        assert "Tên đăng nhập hoặc mật khẩu chưa đúng." in text
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text.replace(f'value="{name}"', "")))
    assert pages[0] == pages[1]


def test_an_account_no_longer_used_is_told_like_a_wrong_password(cast: Cast) -> None:
    Person.objects.filter(pk=cast.lan.pk).update(is_active=False)
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng." in log_in(Client(), "lan").content.decode()


def test_too_many_attempts_lock_and_say_how_long(cast: Cast, settings, monkeypatch) -> None:
    client = Client()
    for attempt in range(settings.AXES_FAILURE_LIMIT - 1):
        response = log_in(client, "lan", f"sai {attempt}")
    assert "Còn 1 lần thử trước khi tạm khóa 15 phút" in response.content.decode()
    assert log_in(client, "lan", "sai nữa").status_code == 429
    hashed: list[str] = []
    monkeypatch.setattr(Person, "check_password", lambda self, raw: hashed.append(raw) or True)
    locked = log_in(client, "lan")
    assert locked.status_code == 429 and "15 phút" in locked.content.decode()
    assert hashed == [], "the lock stands before the hash"


def test_a_stranger_cannot_lock_an_officer_out(cast: Cast, settings) -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for attempt in range(settings.AXES_FAILURE_LIMIT + 1):
        response = log_in(stranger, "lan", f"sai {attempt}")
    assert response.status_code == 429
    assert log_in(Client(REMOTE_ADDR="203.0.113.10"), "lan").status_code == 302


def test_a_new_session_begins_with_the_login(cast: Cast) -> None:
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = "x"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    log_in(client, "lan")
    assert client.session.session_key != before


def test_the_login_page_is_not_shown_to_somebody_who_is_logged_in(cast: Cast) -> None:
    assert signed_in(cast.lan).get(LOGIN)["Location"] == "/tai-khoan/bat-dau/"


@pytest.mark.parametrize("name", ["", "a" * 60_000, "lan\x00", "' OR 1=1 --", "😀"])
def test_a_hostile_name_is_a_plain_refusal(cast: Cast, name: str) -> None:
    assert log_in(Client(), name, "x").status_code in (400, 422)
    assert log_in(Client(), "lan", "sai", next="/\x00").status_code == 400


def test_logging_out_takes_a_post(cast: Cast) -> None:
    client = signed_in(cast.lan)
    assert client.get(LOGOUT)["Location"] == ACCOUNT
    assert client.get(ACCOUNT).status_code == 200
    left = client.post(LOGOUT, follow=True)
    assert "Anh/chị đã đăng xuất" in left.content.decode()
    assert client.get(ACCOUNT).status_code == 302


def change(client: Client, old: str, new: str, again: str | None = None):
    return client.post(CHANGE, {"old_password": old, "new_password1": new, "new_password2": again or new})


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(cast: Cast) -> None:
    here, elsewhere = Client(), Client()
    log_in(here, "lan")
    log_in(elsewhere, "lan")
    assert "chưa đổi lần nào" in here.get(ACCOUNT).content.decode()
    done = change(here, PASSWORD, "cánh đồng muối 447", "cánh đồng muối 447")
    assert done["Location"] == ACCOUNT
    assert elsewhere.get(ACCOUNT).status_code == 302
    page = here.get(ACCOUNT).content.decode()
    assert "Đã đổi mật khẩu." in page and "chưa đổi lần nào" not in page
    entry = HistoryEntry.objects.get(act="person.password")
    assert (entry.person_id, entry.changes) == (cast.lan.pk, {})
    assert log_in(Client(), "lan").status_code == 422
    assert log_in(Client(), "lan", "cánh đồng muối 447").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("sai", "cánh đồng muối 447", None, "Mật khẩu đang dùng chưa đúng."),
        (PASSWORD, "cánh đồng muối 447", "cánh đồng muối 448", "Hai lần gõ mật khẩu mới chưa giống nhau."),
        (PASSWORD, "ngắn 1", None, "phải có ít nhất 10 ký tự"),
        (PASSWORD, PASSWORD, None, "Mật khẩu mới phải khác mật khẩu đang dùng."),
    ],
)
def test_a_refused_password_says_why_in_vietnamese(cast: Cast, old: str, new: str, again: str | None, sentence: str):
    client = signed_in(cast.lan)
    response = change(client, old, new, again)
    assert response.status_code == 422 and sentence in response.content.decode()
    assert not HistoryEntry.objects.filter(act="person.password").exists()


def test_the_account_tells_seats_as_lines(cast: Cast) -> None:
    page = signed_in(cast.hoa).get(ACCOUNT).content.decode()
    assert "Cán bộ phòng, ban, ngành – Bảo hiểm xã hội huyện" in page
    assert "Công chức Văn phòng - Thống kê xã Kỳ Phú" in signed_in(cast.lan).get(ACCOUNT).content.decode()


def test_a_seatless_account_costs_no_more_than_others(cast: Cast, django_assert_max_num_queries) -> None:
    person = make_person(username="moi", full_name="Người Mới")
    client = signed_in(person)
    with django_assert_max_num_queries(12):
        assert client.get(ACCOUNT).status_code == 200


def test_messages_of_the_framework_speak_vietnamese() -> None:
    assert gettext("Null characters are not allowed.") == "Có ký tự không hợp lệ; xóa rồi gõ lại."
    assert gettext("Account locked: too many login attempts. Please try again later.").startswith("Tạm khóa")
    too_short = ngettext(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        10,
    )
    assert too_short % 10 == "Mật khẩu quá ngắn: phải có ít nhất 10 ký tự."
