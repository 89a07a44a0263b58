"""The daily mail: what a person was told since the last one, and what waits for them. One a day, never one per act.

Called by `manage.py run_due`. A mail is claimed and committed before it is sent (`accounts.actions.claim_digest`): at
most once, since a mail that comes twice teaches people not to read it, while a lost one loses nothing that the bell
and the next day's mail do not tell. The mail server is reached before anything is claimed, so that a server that is
down costs nobody their mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from accounts.actions import claim_digest
from accounts.models import Notice, Person
from accounts.queries import people_to_mail
from communes.queries.people import standing_of
from reports.queries.duties import MyWork, Urgency
from reports.queries.my_work import my_work

MOST_NOTICES = 20
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """What one call did: mails sent, mails that failed, and why nothing was tried ("" where it was)."""

    mails: int = 0
    failed: int = 0
    why_not: str = ""


def why_not_mail(day: date, hour: int) -> str:
    """Why no mail goes out now; "" where it may."""
    if not settings.NTM_SENDS_MAIL:
        return "Chưa cấu hình máy chủ thư (EMAIL_URL), không gửi thư."
    if not settings.NTM_SITE_URL:
        return "Chưa đặt địa chỉ của hệ thống (NTM_SITE_URL) để ghi liên kết vào thư, không gửi thư."
    if day.weekday() >= SATURDAY:
        return "Không phải ngày làm việc, không gửi thư."
    if hour < settings.NTM_DIGEST_HOUR:
        return f"Chưa đến {settings.NTM_DIGEST_HOUR} giờ, chưa gửi thư."
    return ""


def send_digests(day: date, hour: int) -> Sent:
    """Send everybody's mail of a day that was not sent yet. `hour` is the real hour of the clock."""
    if why := why_not_mail(day, hour):
        return Sent(why_not=why)
    people = people_to_mail(day)
    if not people:
        return Sent()
    connection = get_connection(timeout=20)
    try:
        connection.open()
    except (OSError, SMTPException) as problem:
        return Sent(why_not=f"Không nối được máy chủ thư ({type(problem).__name__}); lần chạy sau gửi tiếp.")
    try:
        return _send(people, day, connection)
    finally:
        connection.close()


def _send(people: Sequence[Person], day: date, connection: BaseEmailBackend) -> Sent:
    mails = failed = 0
    for person in people:
        notices = claim_digest(person=person.pk, day=day)
        if notices is None:
            continue
        work = my_work(standing_of(person, day), day)
        if not notices and not _presses(work):
            continue
        try:
            digest_mail(person, work, notices, day, connection).send()
            mails += 1
        except (OSError, SMTPException):
            failed += 1
    return Sent(mails, failed)


def _presses(work: MyWork) -> bool:
    """Whether anything is late or for this week: what can wait is no reason for a mail."""
    return any(urgency is not Urgency.LATER for urgency, _ in work.groups)


def digest_mail(
    person: Person, work: MyWork, notices: Sequence[Notice], day: date, connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    """Plain text with a simple HTML part; links are absolute."""
    said = ", ".join(f"{number} {sort.value}" for sort, number in work.counts[:2])
    subject = f"Việc NTM ngày {day:%d/%m/%Y}: {said or f'{len(notices)} thông báo mới'}"
    context = {
        "person": person, "work": work, "day": day, "site": settings.NTM_SITE_URL, "notices": notices[:MOST_NOTICES],
        "more": max(0, len(notices) - MOST_NOTICES),
    }  # fmt: skip
    text = render_to_string("mail/digest.txt", context)
    mail = EmailMultiAlternatives(" ".join(subject.split()), text, to=[person.email], connection=connection)
    mail.attach_alternative(render_to_string("mail/digest.html", context), "text/html")
    return mail
