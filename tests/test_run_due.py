"""`manage.py run_due`: reminders and mails are given once, whoever calls how often; no mail fails anything else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

import accounts.actions as acts
import communes.actions.reminding as reminding
from accounts.actions import claim_digest, notify, set_up_installation
from accounts.models import Notice, NoticeSetting, Person
from accounts.rules import NoticeKind
from communes.actions.reminding import remind_of_rounds, tell_decisions
from communes.models import Extension, Round
from communes.rules.reminding import reminder_due
from communes.rules.workflow import Stage
from ntm_tracker.digest import send_digests
from tests.makers import TODAY, YEAR, Cast, lead_officer, make_cast, stated

MONDAY = date(2023, 10, 16)
MORNING = 8


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def mailing(settings) -> None:
    settings.NTM_SENDS_MAIL, settings.NTM_SITE_URL = True, "https://ntm.huyen.example"


def open_round(cast: Cast, due_on: date, **fields) -> Round:
    fields = {"kind": "month", "number": 10, **fields}
    return Round.objects.create(
        district=cast.district, year=YEAR, opens_on=date(2023, 10, 1), due_on=due_on, by=cast.tuan, at=timezone.now(),
        **fields,
    )  # fmt: skip


def with_address(person: Person) -> Person:
    Person.objects.filter(pk=person.pk).update(email=f"{person.username}@ky-anh.example")
    person.refresh_from_db()
    return person


def tell(person: Person, sentence: str = "Có việc.", url: str = "/x/") -> None:
    with transaction.atomic():
        notify(people=[person.pk], kind=NoticeKind.COMMENT, sentence=sentence, url=url, on=MONDAY)


def reminders(person: Person) -> list[str]:
    rows = Notice.objects.filter(person=person, kind=NoticeKind.ROUND.value).order_by("pk")
    return list(rows.values_list("sentence", flat=True))


# ---------- reminders of rounds ----------


@pytest.mark.parametrize(
    ("left", "step"), [(8, None), (7, 7), (6, 7), (4, 7), (3, 3), (2, 3), (1, 1), (0, 0), (-1, None)]
)
def test_when_a_round_reminds(left: int, step: int | None) -> None:
    assert reminder_due(left) == step


def test_who_has_not_reported_is_reminded_once_at_each_step(cast: Cast) -> None:
    open_round(cast, TODAY + timedelta(days=7))
    for day in range(9):
        for _ in range(3):
            remind_of_rounds(on=TODAY + timedelta(days=day))
    said = reminders(cast.lan)
    assert [text.split(" còn ")[-1].split(" (")[0] for text in said[:3]] == ["7 ngày", "3 ngày", "1 ngày"]
    assert len(said) == 4 and "hạn hôm nay" in said[3] and "xã Kỳ Phú" in said[0] and "mục chưa báo cáo" in said[0]


def test_a_server_that_was_off_reminds_on_its_first_day(cast: Cast) -> None:
    open_round(cast, TODAY + timedelta(days=6))
    assert remind_of_rounds(on=TODAY) > 0 and "còn 6 ngày" in reminders(cast.lan)[0]
    assert remind_of_rounds(on=TODAY) == 0


def test_who_has_reported_everything_is_left_alone(cast: Cast, monkeypatch) -> None:
    open_round(cast, TODAY)
    real = reminding.reported_in

    def all_done(rounds, units, today):
        found = real(rounds, units, today)
        for by_unit in found.values():
            done = by_unit[cast.ky_phu.pk]
            by_unit[cast.ky_phu.pk] = type(done)(done.asked, done.asked, ())
        return found

    monkeypatch.setattr(reminding, "reported_in", all_done)
    remind_of_rounds(on=TODAY)
    assert reminders(cast.lan) == [] and len(reminders(cast.minh)) == 1


def test_an_extension_moves_the_reminder_of_its_unit_alone(cast: Cast) -> None:
    row = open_round(cast, TODAY)
    Extension.objects.create(
        round=row, unit=cast.ky_phu, due_on=TODAY + timedelta(days=20), reason="lũ", by=cast.tuan, on=TODAY,
        at=timezone.now(),
    )  # fmt: skip
    remind_of_rounds(on=TODAY)
    assert reminders(cast.lan) == [] and len(reminders(cast.minh)) == 1
    remind_of_rounds(on=TODAY + timedelta(days=19))
    assert "còn 1 ngày" in reminders(cast.lan)[0] and len(reminders(cast.minh)) == 1


def test_departments_are_reminded_of_the_districts_own_figures(cast: Cast) -> None:
    builder = lead_officer(cast, "huyen.1.1")
    open_round(cast, TODAY + timedelta(days=1))
    remind_of_rounds(on=TODAY)
    assert "huyện Kỳ Anh còn 1 ngày" in reminders(builder)[0]
    assert reminders(cast.hung) == reminders(cast.binh) == []


def test_yesterdays_decisions_are_one_line_for_the_commune(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.APPROVED)
    stated(cast, "xa.8.1", "Đạt", by=cast.lan, until=Stage.VERIFIED)
    tomorrow = TODAY + timedelta(days=1)
    assert (tell_decisions(on=TODAY), tell_decisions(on=tomorrow), tell_decisions(on=tomorrow)) == (0, 1, 0)
    (row,) = Notice.objects.filter(kind=NoticeKind.DECIDED.value)
    assert row.person == cast.lan
    assert row.sentence == "Xã Kỳ Phú: ngày 15/10/2023 có 2 mục được xác nhận thẩm tra, 1 mục được duyệt"


@pytest.mark.parametrize(
    ("name", "value", "why"), [("NTM_SENDS_MAIL", False, "EMAIL_URL"), ("NTM_SITE_URL", "", "NTM_SITE_URL")]
)
def test_without_a_mail_server_the_command_says_so_and_reminds_all_the_same(
    cast: Cast, settings, name: str, value: object, why: str
) -> None:  # fmt: skip
    setattr(settings, name, value)
    tell(with_address(cast.lan))
    open_round(cast, TODAY)
    out = StringIO()
    call_command("run_due", stdout=out)
    assert why in out.getvalue() and len(reminders(cast.lan)) == 1 and mail.outbox == []


def test_the_command_tells_what_it_did(cast: Cast, settings) -> None:
    settings.NTM_DIGEST_HOUR = 0
    set_up_installation(is_demo=False, working_day=MONDAY, home_district=cast.district.code)
    open_round(cast, MONDAY)
    with_address(cast.lan)
    out = StringIO()
    call_command("run_due", stdout=out)
    assert "Nhắc hạn: " in out.getvalue() and "Thư tổng hợp: 1 đã gửi, 0 không gửi được." in out.getvalue()


# ---------- two at once ----------


def at_once(work: Callable[[], object], number: int = 4) -> list[object]:
    """Run it in threads that start together; what each gave back."""
    start, results = threading.Barrier(number), []

    def run() -> None:
        start.wait()
        try:
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_gets_the_mail() -> None:
    cast = make_cast()
    tell(with_address(cast.lan))
    claims = at_once(lambda: claim_digest(person=cast.lan.pk, day=MONDAY))
    assert sorted(claim is not None for claim in claims) == [False, False, False, True]
    send_digests(MONDAY + timedelta(days=1), MORNING)
    mail.outbox.clear()
    tell(cast.lan, url="/y/")
    at_once(lambda: send_digests(MONDAY + timedelta(days=2), MORNING))
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_reading_first_and_writing_then_would_double_the_mail() -> None:
    """The positive control: without the conditional update all of them win."""
    cast = make_cast()
    NoticeSetting.objects.create(person=cast.lan)
    together = threading.Barrier(4)

    def naive() -> bool:
        free = NoticeSetting.objects.filter(person=cast.lan, last_digest_on=None).exists()
        together.wait()
        if free:
            NoticeSetting.objects.filter(person=cast.lan).update(last_digest_on=MONDAY)
        return free

    assert at_once(naive) == [True] * 4


@pytest.mark.django_db(transaction=True)
def test_several_at_once_remind_each_person_once() -> None:
    cast = make_cast()
    open_round(cast, TODAY)
    given = at_once(lambda: remind_of_rounds(on=TODAY), 3)
    assert sum(given) == max(given) > 0
    assert len(reminders(cast.lan)) == len(reminders(cast.minh)) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_of_the_history_postgresql_would_remind_twice(monkeypatch) -> None:
    """The positive control, where the engine lets two write at once (SQLite lets one in at a time by itself)."""
    if connection.vendor != "postgresql":
        return
    cast = make_cast()
    open_round(cast, TODAY)
    together, real = threading.Barrier(2), acts.notify

    def late(**kwargs) -> None:
        if not getattr(threading.current_thread(), "waited", False):
            threading.current_thread().waited = True  # type: ignore[attr-defined]
            together.wait(timeout=20)
        real(**kwargs)

    monkeypatch.setattr(reminding, "hold_history", lambda: None)
    monkeypatch.setattr(reminding, "notify", late)
    at_once(lambda: remind_of_rounds(on=TODAY), 2)
    assert len(reminders(cast.lan)) == 2
