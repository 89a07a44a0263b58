"""What a request may hold, how long a session lasts, and what every answer says."""

from __future__ import annotations

import time

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from ntm_tracker.wsgi import only_utf8
from tests.makers import XA, YEAR, Cast, make_cast, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.mark.parametrize("charset", ["hex", "base64", "zlib", "rot13", "idna", "undefined", "utf-16"])
def test_another_charset_than_utf_8_is_refused_before_anything_is_read(charset: str) -> None:
    reached, told = [], []
    guarded = only_utf8(lambda environ, start: reached.append(environ) or [])
    body = b"".join(guarded({"CONTENT_TYPE": f"text/plain; charset={charset}"}, lambda status, _: told.append(status)))
    assert told == ["400 Bad Request"] and not reached
    assert "UTF-8" in body.decode()


@pytest.mark.parametrize("kind", ["", "text/html", "application/x-www-form-urlencoded; charset=UTF-8"])
def test_what_browsers_send_reaches_the_application(kind: str) -> None:
    assert only_utf8(lambda environ, start: [b"in"])({"CONTENT_TYPE": kind}, lambda *_: None) == [b"in"]


def test_control_characters_in_a_cookie_are_no_session() -> None:
    client = Client()
    client.cookies["sessionid"] = "\x00abcdefgh"
    for address in ("/song/", "/dang-nhap/"):
        assert client.get(address, headers={"Cookie": 'sessionid="\\000abcdefgh"'}).status_code == 200


def test_an_address_that_takes_forms_says_so_in_vietnamese(cast: Cast) -> None:
    address = reverse("communes:submit", kwargs={"code": "ky-phu", "family": XA, "year": YEAR})
    response = signed_in(cast.lan).get(address)
    assert response.status_code == 405 and response["Allow"] == "POST"
    assert "chỉ nhận biểu mẫu" in response.content.decode()


def test_after_a_session_ended_one_comes_back_to_the_page_the_form_was_on() -> None:
    page = f"/xa/ky-phu/danh-gia/{XA}/{YEAR}/?loc=nhap"
    response = Client().post(f"/xa/ky-phu/danh-gia/{XA}/{YEAR}/gui/", headers={"Referer": f"http://testserver{page}"})
    assert response["Location"] == f"/dang-nhap/?next=/xa/ky-phu/danh-gia/{XA}/{YEAR}/%3Floc%3Dnhap"
    broken = Client().post("/tham-tra/1/", headers={"Referer": "http://["})
    assert broken.status_code == 302 and broken["Location"].endswith("?next=/")
    stranger = Client().post("/tham-tra/1/", headers={"Referer": "http://evil.example/x"})
    assert stranger["Location"] == "/dang-nhap/?next=/"
    assert Client().post("/tham-tra/1/", headers={"HX-Request": "true"}).status_code == 401


def test_a_session_ends_when_idle_and_not_while_somebody_works(cast: Cast) -> None:
    client, now = signed_in(cast.hung), time.time()
    with time_machine.travel(now, tick=False) as clock:
        for _ in range(4):
            assert client.get("/tai-khoan/").status_code == 200
            clock.shift(settings.SESSION_IDLE_SECONDS - 60)
        clock.shift(120)
        assert client.get("/tai-khoan/").status_code == 302


def test_a_session_ends_after_the_longest_day_whatever_is_done(cast: Cast) -> None:
    client, now = signed_in(cast.hung), time.time()
    with time_machine.travel(now, tick=False) as clock:
        answers = []
        for _ in range(settings.SESSION_LONGEST_SECONDS // 1800 + 2):
            answers.append(client.get("/tai-khoan/").status_code)
            clock.shift(1800)
    assert answers[0] == 200 and answers[-1] == 302


@pytest.mark.parametrize("address", ["/dang-nhap/", "/song/", "/khong-co/", "/?nam=%00", "/tai-khoan/"])
def test_every_answer_carries_the_headers(address: str) -> None:
    response = Client().get(address)
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert "camera=()" in response["Permissions-Policy"]


def test_the_policy_of_content_allows_nothing_inline() -> None:
    policy = Client().get("/dang-nhap/")["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy


@pytest.mark.django_db
def test_a_day_that_does_not_exist_costs_nothing_else_of_the_address():
    cast = make_cast()
    page = signed_in(cast.tuan).get("/ma-tran/?ngay=31/2/2023&nam=2023&co-so=duyet")
    assert page.status_code == 400 and "Không có ngày “31/2/2023”" in page.content.decode()
    assert 'href="/ma-tran/?nam=2023&amp;co-so=duyet"' in page.content.decode()


def test_an_address_longer_than_any_of_ours_is_refused_before_a_page_is_asked() -> None:
    response = Client().get("/dang-nhap/", {"q": "a" * 60_000})
    assert response.status_code == 400 and "Địa chỉ quá dài." in response.content.decode()
