"""Writes of the lowest floor: remember an act, tell people of it, make a person, set up the installation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import (
    Department,
    HistoryEntry,
    HistoryHead,
    Installation,
    Notice,
    NoticeSetting,
    Person,
)
from accounts.models.history import PERSON_MARK
from accounts.rules import Act, NoticeKind, digest, summed


def remember(*acts: Act) -> None:
    """Append acts to the chain, in the caller's transaction, which must exist: no act without its history."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an act is remembered in the transaction that does it")
    HistoryHead.objects.get_or_create(pk=1)
    head = HistoryHead.objects.select_for_update().get(pk=1)
    number, last = head.last_number, head.last_hash
    rows = []
    for act in acts:
        number += 1
        own = digest(number, act, last)
        rows.append(
            HistoryEntry(
                number=number, act=act.act, person_id=act.person_id, sentence=act.sentence, changes=act.changes,
                district_code=act.district_code, unit_code=act.unit_code, measure_code=act.measure_code,
                on=act.on, at=act.at, previous_hash=last, hash=own,
            )  # fmt: skip
        )
        last = own
    HistoryEntry.objects.bulk_create(rows, batch_size=500)
    HistoryHead.objects.filter(pk=1).update(last_number=number, last_hash=last)


def hold_history() -> None:
    """Take the lock of the chain early, so that what is read next cannot be overtaken by another act: every act ends
    by taking it. In the caller's transaction."""
    HistoryHead.objects.get_or_create(pk=1)
    HistoryHead.objects.select_for_update().get(pk=1)


def notify(
    *, people: Iterable[int], kind: NoticeKind, sentence: str, url: str, on: date, group: str = ""
) -> None:
    """Tell people of something, in the transaction that does it. Who left the kind out is not told.

    With `group`, a notice of the same day, kind and address that is still unread is not followed by another: its
    sentence becomes a number and `group` ("3 mục của xã Kỳ Phú bị trả lại"). Call it after `remember`, whose lock lets
    no two acts count at once. Three queries, one more for each that is grouped.
    """
    wanted = set(people)
    muted = {
        row.person_id for row in NoticeSetting.objects.filter(person_id__in=wanted) if kind.value in row.muted
    }
    wanted -= muted
    unread = Notice.objects.filter(person_id__in=wanted, kind=kind.value, url=url, on=on, read_at=None)
    now = timezone.now()
    for notice in unread.order_by("pk") if group and wanted else ():
        if notice.person_id in wanted:
            wanted.discard(notice.person_id)
            # What was mailed as one is news again as two.
            unread.filter(pk=notice.pk).update(sentence=summed(notice.sentence, group), at=now, mailed_at=None)
    Notice.objects.bulk_create(
        Notice(person_id=pk, kind=kind.value, sentence=sentence, url=url, on=on, at=now) for pk in sorted(wanted)
    )


def mark_read(*, person: Person, notice: int | None = None) -> int:
    """Mark one notice of a person as read, or all of them; how many were unread. No act of history: nobody else is
    concerned."""
    rows = Notice.objects.filter(person=person, read_at=None)
    if notice is not None:
        rows = rows.filter(pk=notice)
    return rows.update(read_at=timezone.now())


@transaction.atomic
def set_notices(*, person: Person, wants_digest: bool, muted: Iterable[NoticeKind]) -> NoticeSetting:
    """What a person wants to be told, by bell and by mail. No act of history: a taste of one's own."""
    setting, _ = NoticeSetting.objects.update_or_create(
        person=person, defaults={"wants_digest": wants_digest, "muted": sorted(kind.value for kind in muted)}
    )
    return setting


EMAIL_CHANGED = "person.email"


@transaction.atomic
def change_email(*, person: Person, email: str, on: date) -> Person:
    """Where the daily mail goes; "" for nowhere. The act is remembered, the address is not: it is the person's own."""
    if email == person.email:
        return person
    person.email = email
    person.save(update_fields=["email"])
    remember(Act(EMAIL_CHANGED, person.pk, f"{PERSON_MARK} đổi địa chỉ thư điện tử", on, timezone.now(), {}))
    return person


@transaction.atomic
def claim_digest(*, person: int, day: date) -> list[Notice] | None:
    """Take the right to send somebody's mail of a day, with the unread notices no mail has told of yet, oldest first;
    None where it was taken already, or is not wanted.

    One conditional UPDATE, so of two at once exactly one gets it, on both engines. It is committed before the mail
    goes out: after a crash in between that day's mail is missing, never doubled (at most once). Nothing is lost by it:
    notices stay under the bell, and the next day's mail counts the work anew.
    """
    NoticeSetting.objects.bulk_create([NoticeSetting(person_id=person)], ignore_conflicts=True)
    open_days = Q(last_digest_on=None) | Q(last_digest_on__lt=day)
    if not NoticeSetting.objects.filter(open_days, person_id=person, wants_digest=True).update(last_digest_on=day):
        return None
    notices = list(Notice.objects.filter(person_id=person, read_at=None, mailed_at=None).order_by("pk"))
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=timezone.now())
    return notices


@transaction.atomic
def make_person(*, username: str, full_name: str, password: str | None, hashed: str = "") -> Person:
    """A new account; `hashed` takes a ready password hash (the demo's people share one)."""
    person = Person(username=username, full_name=full_name)
    if hashed:
        person.password = hashed
    else:
        person.set_password(password)
    person.full_clean(exclude=["password"])
    person.save()
    return person


@transaction.atomic
def make_people(people: Sequence[tuple[str, str, str]]) -> list[Person]:
    """New accounts (username, full name, mail address) that nobody can sign in to until a password is set (Django's
    `manage.py changepassword`). The caller has checked them and remembers the act. One query."""
    rows = [Person(username=username, full_name=full_name, email=email) for username, full_name, email in people]
    for row in rows:
        row.set_unusable_password()
    return Person.objects.bulk_create(rows)


@transaction.atomic
def rename_people(said: Mapping[Person, tuple[str, str]]) -> None:
    """Full name and mail address of accounts as somebody's list has them. The caller remembers the act. One query."""
    differing = [person for person, names in said.items() if (person.full_name, person.email) != names]
    for person in differing:
        person.full_name, person.email = said[person]
    Person.objects.bulk_update(differing, ["full_name", "email"], batch_size=500)


@transaction.atomic
def make_departments(*, district_code: str, named: Sequence[tuple[str, str]]) -> list[Department]:
    """The departments (code, name) of a district, those that it has not yet."""
    rows = [
        Department(district_code=district_code, code=code, name=name, position=position)
        for position, (code, name) in enumerate(named)
    ]
    Department.objects.bulk_create(rows, ignore_conflicts=True)
    return list(Department.objects.filter(district_code=district_code))


@transaction.atomic
def set_up_installation(*, is_demo: bool, working_day: date | None, home_district: str) -> Installation:
    installation, _ = Installation.objects.update_or_create(
        pk=1, defaults={"is_demo": is_demo, "working_day": working_day, "home_district": home_district}
    )
    return installation


PASSWORD_CHANGED = "person.password"  # noqa: S105 - the name of an act


@transaction.atomic
def change_password(*, person: Person, password: str, on: date) -> Person:
    """A new hash, remembered as an act of its owner. Other sessions end: their hash of the session no longer fits."""
    person.set_password(password)
    person.save(update_fields=["password"])
    remember(Act(PASSWORD_CHANGED, person.pk, f"{PERSON_MARK} đổi mật khẩu", on, timezone.now(), {}))
    return person
