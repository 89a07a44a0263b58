"""The daily mail: one a day, what is new and what waits; a server or a person in trouble costs nobody else theirs."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from smtplib import SMTP, SMTPException, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command

from accounts.actions import set_notices, set_up_installation
from accounts.models import Notice, Person
from ntm_tracker import digest
from ntm_tracker.digest import send_digests
from tests.makers import Cast, make_cast, signed_in
from tests.test_run_due import MONDAY, MORNING, open_round, tell, with_address


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def mailing(settings) -> None:
    settings.NTM_SENDS_MAIL, settings.NTM_SITE_URL = True, "https://ntm.huyen.example"


def test_one_mail_a_day_sums_up_what_is_unread_and_what_waits(cast: Cast) -> None:
    with_address(cast.lan)
    open_round(cast, MONDAY + timedelta(days=2))
    tell(cast.lan, "Phan Thị Hoa nhắc anh/chị <b>về</b> số thẻ")
    for _ in range(3):
        send_digests(MONDAY, MORNING)
    (sent,) = mail.outbox
    assert sent.to == ["lan@ky-anh.example"]
    assert sent.subject.startswith("Việc NTM ngày 16/10/2023: ") and "mục chưa báo cáo" in sent.subject
    assert "Phan Thị Hoa nhắc anh/chị <b>về</b> số thẻ" in sent.body
    assert "https://ntm.huyen.example/viec-cua-toi/" in sent.body
    ((html, kind),) = sent.alternatives
    assert kind == "text/html" and "&lt;b&gt;về" in html and 'href="https://ntm.huyen.example/thong-bao/' in html
    assert "<img" not in html and "http://" not in html


def test_the_next_day_tells_only_what_is_new(cast: Cast) -> None:
    with_address(cast.lan)
    tell(cast.lan, "Việc cũ.")
    send_digests(MONDAY, MORNING)
    send_digests(MONDAY + timedelta(days=1), MORNING)
    assert len(mail.outbox) == 1, "nothing new, nothing due: no mail"
    tell(cast.lan, "Việc mới.", url="/y/")
    send_digests(MONDAY + timedelta(days=2), MORNING)
    assert "Việc mới." in mail.outbox[1].body and "Việc cũ." not in mail.outbox[1].body


def test_what_was_read_is_not_mailed(cast: Cast) -> None:
    with_address(cast.lan)
    tell(cast.lan)
    signed_in(cast.lan).post("/thong-bao/")
    send_digests(MONDAY, MORNING)
    assert mail.outbox == []


def test_who_wants_no_mail_or_has_no_address_or_no_account_gets_none(cast: Cast) -> None:
    for person in (cast.lan, cast.minh, cast.hoa, cast.tuan):
        tell(person)
    with_address(cast.lan)
    set_notices(person=cast.lan, wants_digest=False, muted=[])
    with_address(cast.hoa)
    Person.objects.filter(pk=cast.hoa.pk).update(is_active=False)
    with_address(cast.tuan)
    send_digests(MONDAY, MORNING)
    assert [sent.to for sent in mail.outbox] == [["tuan@ky-anh.example"]]


@pytest.mark.parametrize(
    ("day", "hour", "why"),
    [
        (date(2023, 10, 14), MORNING, "Không phải ngày làm việc"),
        (date(2023, 10, 15), MORNING, "Không phải ngày làm việc"),
        (MONDAY, 5, "Chưa đến 7 giờ"),
    ],
)
def test_no_mail_at_the_weekend_or_at_night(cast: Cast, day: date, hour: int, why: str) -> None:
    tell(with_address(cast.lan))
    assert why in send_digests(day, hour).why_not and mail.outbox == []
    send_digests(MONDAY, MORNING)
    assert len(mail.outbox) == 1  # and nothing was lost by waiting


class Unreachable(EmailBackend):
    def open(self) -> None:
        raise ConnectionRefusedError


class Choosy(EmailBackend):
    def send_messages(self, messages):
        if "lan@" in messages[0].to[0]:
            raise SMTPException("mailbox full")
        return super().send_messages(messages)


def test_a_mail_server_that_is_down_costs_nobody_the_mail(cast: Cast, settings) -> None:
    tell(with_address(cast.lan))
    settings.EMAIL_BACKEND = f"{__name__}.Unreachable"
    assert "Không nối được máy chủ thư" in send_digests(MONDAY, MORNING).broken
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_digests(MONDAY, MORNING).mails == 1


def test_one_mail_that_fails_does_not_stop_the_others(cast: Cast, settings) -> None:
    for person in (cast.lan, cast.minh):
        tell(with_address(person))
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    sent = send_digests(MONDAY, MORNING)
    assert (sent.mails, sent.failures) == (1, ("lan (SMTPException)",))
    assert [m.to for m in mail.outbox] == [["minh@ky-anh.example"]]


class Wire(SMTP):
    """A conversation with a mail server that hangs up after its first mail."""

    def __init__(self) -> None:
        self.is_cut = False

    def noop(self) -> tuple[int, bytes]:
        if self.is_cut:
            raise SMTPServerDisconnected("please run connect() first")
        return 250, b"OK"


class HangsUp(EmailBackend):
    """Opens a new conversation each time; a mail through one that was cut is refused, as smtplib does."""

    opened = 0
    connection: Wire | None = None

    def open(self) -> None:
        type(self).opened += 1
        self.connection = Wire()

    def close(self) -> None:
        self.connection = None

    def send_messages(self, messages):
        assert self.connection is not None
        if self.connection.is_cut:
            raise SMTPServerDisconnected("Server not connected")
        self.connection.is_cut = True
        return super().send_messages(messages)


def test_a_line_cut_in_the_middle_is_opened_again_before_anybody_is_claimed(cast: Cast, settings, monkeypatch) -> None:
    people = (cast.lan, cast.minh, cast.hoa)
    for person in people:
        tell(with_address(person))
    settings.EMAIL_BACKEND = f"{__name__}.HangsUp"
    monkeypatch.setattr(HangsUp, "opened", 0)
    sent = send_digests(MONDAY, MORNING)
    assert (sent.mails, sent.problem, HangsUp.opened) == (3, "", 3)
    assert len({m.to[0] for m in mail.outbox}) == 3
    for person in people:
        tell(person, url="/y/")
    monkeypatch.setattr(digest.Line, "_answers", lambda line: line._is_open)
    lost = send_digests(MONDAY + timedelta(days=1), MORNING)
    assert (lost.mails, len(lost.failures)) == (2, 1), "without asking, a claim is lost on the dead line"


class GoesDown(HangsUp):
    """A server that is not there any more when it is reached again."""

    def open(self) -> None:
        if type(self).opened:
            raise ConnectionRefusedError
        super().open()


def test_a_server_that_goes_down_in_the_middle_leaves_the_others_for_the_next_run(
    cast: Cast, settings, monkeypatch
) -> None:
    for person in (cast.lan, cast.minh, cast.hoa):
        tell(with_address(person))
    settings.EMAIL_BACKEND = f"{__name__}.GoesDown"
    monkeypatch.setattr(GoesDown, "opened", 0)
    sent = send_digests(MONDAY, MORNING)
    assert sent.mails == 1 and "lần chạy sau gửi tiếp" in sent.problem
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_digests(MONDAY, MORNING).mails == 2
    assert len({m.to[0] for m in mail.outbox}) == 3


@pytest.mark.parametrize("step", ["my_work", "digest_mail"])
def test_what_cannot_be_worded_for_one_person_holds_up_nobody_and_is_tried_again(
    cast: Cast, monkeypatch, step: str
) -> None:
    for person in (cast.lan, cast.minh):
        tell(with_address(person))
    real = getattr(digest, step)

    def stumbles(who, *rest):
        if cast.lan.pk in (getattr(who, "person_id", 0), getattr(who, "pk", 0)):
            raise ZeroDivisionError
        return real(who, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(digest, step, stumbles)
        sent = send_digests(MONDAY, MORNING)
    assert (sent.mails, sent.failures) == (1, ("lan (ZeroDivisionError)",))
    assert [m.to for m in mail.outbox] == [["minh@ky-anh.example"]]
    assert send_digests(MONDAY, MORNING).mails == 1 and len(mail.outbox) == 2, "the claim was given back"


def test_the_command_ends_with_an_error_that_names_who_got_no_mail(cast: Cast, settings) -> None:
    settings.NTM_DIGEST_HOUR = 0
    set_up_installation(is_demo=False, working_day=MONDAY, home_district=cast.district.code)
    for person in (cast.lan, cast.minh):
        tell(with_address(person))
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    out = StringIO()
    with pytest.raises(CommandError, match=r"Không gửi được 1 thư: lan \(SMTPException\)\."):
        call_command("run_due", stdout=out)
    assert "1 đã gửi, 1 không gửi được" in out.getvalue()


def test_a_crash_between_claim_and_mail_doubles_none(cast: Cast, monkeypatch) -> None:
    """At most once: the claim stands before the mail goes; the notice stays under the bell."""
    tell(with_address(cast.lan))

    def power_cut(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(digest.EmailMultiAlternatives, "send", power_cut)
        with pytest.raises(KeyboardInterrupt):
            send_digests(MONDAY, MORNING)
    assert send_digests(MONDAY, MORNING).mails == 0 and mail.outbox == []
    assert Notice.objects.filter(person=cast.lan, read_at=None).count() == 1
