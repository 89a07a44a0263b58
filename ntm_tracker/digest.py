"""The daily mail: what a person was told since the last one, and what waits for them. One a day, never one per act.

Called by `manage.py run_due`. A mail is claimed and committed before it is sent (`accounts.actions.claim_digest`): at
most once, since a mail that comes twice teaches people not to read it, while a lost one loses nothing that the bell
and the next day's mail do not tell. The mail server is reached, and reached again where it hung up, before anything is
claimed, so that a server that is down costs nobody their mail; what fails is told at the end.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from smtplib import SMTP, SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string

from accounts.actions import claim_digest
from accounts.models import Notice, Person
from accounts.queries import people_to_mail
from communes.queries.people import standing_of
from reports.queries.duties import MyWork, Urgency
from reports.queries.my_work import my_work

logger = logging.getLogger(__name__)
MOST_NOTICES = 20
SATURDAY = 5
SMTP_OK = 250


@dataclass(frozen=True, slots=True)
class Sent:
    """What one call did: mails sent, those that failed ("lan (SMTPException)"), why nothing was tried ("" where it
    was), and what broke the rest off ("" where nothing did)."""

    mails: int = 0
    failures: tuple[str, ...] = ()
    why_not: str = ""
    broken: str = ""

    @property
    def problem(self) -> str:
        """What somebody has to look into, in one sentence; "" where all went well."""
        failed = f"Không gửi được {len(self.failures)} thư: {', '.join(self.failures)}." if self.failures else ""
        return " ".join(part for part in (failed, self.broken) if part)


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
    """Send everybody's mail of a day that was not sent yet. `hour` is the real hour of the clock. What goes wrong with
    one person's mail does not concern the others."""
    if why := why_not_mail(day, hour):
        return Sent(why_not=why)
    people = people_to_mail(day)
    line = Line(get_connection(timeout=20))
    mails, failures, broken = 0, list[str](), ""
    for person in people:
        try:
            line.ready()
        except (OSError, SMTPException) as problem:
            broken = f"Không nối được máy chủ thư ({type(problem).__name__}); lần chạy sau gửi tiếp."
            break
        try:
            mails += _send(person, day, line.connection)
        except Exception as problem:
            # Whatever it is: it is told at the end, and everybody else still gets theirs.
            logger.exception("the daily mail of person %s failed", person.pk)
            failures.append(f"{person.username} ({type(problem).__name__})")
            line.drop()
    line.drop()
    return Sent(mails, tuple(failures), broken=broken)


class Line:
    """A connection to the mail server that is known to answer before somebody's mail is claimed."""

    def __init__(self, connection: BaseEmailBackend) -> None:
        self.connection, self._is_open = connection, False

    def ready(self) -> None:
        """Open it, or open it again where the server has hung up since. Raises OSError or SMTPException."""
        if not self._answers():
            self.drop()
            self.connection.open()
            self._is_open = True

    def drop(self) -> None:
        """Close it; that the server did so first is no problem."""
        self._is_open = False
        with suppress(OSError, SMTPException):
            self.connection.close()

    def _answers(self) -> bool:
        server = getattr(self.connection, "connection", None)
        if not self._is_open or not isinstance(server, SMTP):
            return self._is_open
        try:
            code, _ = server.noop()
        except (OSError, SMTPException):
            return False
        return code == SMTP_OK


def _send(person: Person, day: date, connection: BaseEmailBackend) -> bool:
    """Claim, word and send somebody's mail; whether there was one. What fails before it is handed over leaves the
    claim untaken, so that the next run tries again."""
    work = my_work(standing_of(person, day), day)
    with transaction.atomic():
        notices = claim_digest(person=person.pk, day=day)
        if notices is None or not (notices or _presses(work)):
            return False
        mail = digest_mail(person, work, notices, day, connection)
    mail.send()
    return True


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
