"""Check of the list of people: one row is an account and one seat of it; who holds several seats has several rows.

What must stay true: nobody gives himself a seat; an administrator is made by administrators alone; an account of
another district is not touched, and its name is not told; a mail address that somebody has is that person's own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import Department
from accounts.roles import Role
from communes.imports.list_book import Asked, Names, Reading, changed, list_rows, refuse_twins, told
from communes.imports.lists import commune_names
from communes.imports.workbooks import ReadSheet
from communes.models import Posting, Unit
from communes.policies import why_not_post
from communes.queries.lists import (
    Account,
    accounts_listed,
    communes_listed,
    departments_listed,
    seat_state,
    seats_listed,
)
from communes.rules.importing import Found, FoundRow
from communes.rules.list_columns import PEOPLE
from communes.rules.list_saves import PersonSave, PersonState, SeatState

ROLES = {role.label: role for role in Role}
NEXT_FREE = "Chọn tên đăng nhập khác."
Key = tuple[str, str, str, str]


@dataclass
class _Ground:
    """Everything the rows are held against."""

    task: Asked
    communes: Names[Unit]
    departments: Names[Department]
    accounts: Mapping[str, Account]
    lowered: Mapping[str, str]
    seats: Mapping[Key, list[Posting]]
    admins: frozenset[str]
    # What the rows of one account say of it, so that two rows cannot say two things.
    names: dict[str, set[str]] = field(default_factory=dict)
    emails: dict[str, set[str]] = field(default_factory=dict)


def seat_key(row: Posting, district: Unit) -> Key:
    commune = row.unit.code if row.unit_id != district.pk else ""
    return row.person.username, row.role, commune, row.department.code if row.department else ""


def check_people(sheets: Sequence[ReadSheet], task: Asked) -> Found:
    """Five queries."""
    rows, problems, empty = list_rows(sheets, PEOPLE)
    ground = _ground(task)
    for reading in rows:
        username = _username(reading)
        for column, said in (("full_name", ground.names), ("email", ground.emails)):
            if text := " ".join(reading.said(column).split()):
                said.setdefault(username, set()).add(text)
    found, keys = Found(problems=problems, empty=empty), []
    for reading in rows:
        row, key = _person(reading, ground)
        found.rows.append(row)
        keys.append((row, key))
    return refuse_twins(found, keys)


def _ground(task: Asked) -> _Ground:
    seats: dict[Key, list[Posting]] = {}
    for row in seats_listed(task.district):
        seats.setdefault(seat_key(row, task.district), []).append(row)
    accounts = accounts_listed()
    departments = departments_listed(task.district)
    return _Ground(
        task=task,
        communes=commune_names(communes_listed(task.district, task.today)),
        departments=Names([(row, (row.code, row.name)) for row in departments]),
        accounts=accounts,
        lowered={username.casefold(): username for username in accounts},
        seats=seats,
        admins=frozenset(username for username, role, _, _ in seats if role == Role.ADMIN.value),
    )


def _username(reading: Reading) -> str:
    # As the login reads it.
    return unicodedata.normalize("NFKC", reading.code("username"))


def _person(reading: Reading, ground: _Ground) -> tuple[FoundRow, object]:
    username = _username(reading)
    account = ground.accounts.get(username)
    _check_username(reading, ground, username, account)
    is_foreign = account is not None and _is_foreign(account, ground.task.district)
    before = account.state if account and not is_foreign else None
    person = _person_after(reading, ground, username, before)
    role = _role(reading)
    commune, department = _place(reading, ground, role)
    key = (username, role.value if role else "", commune, department)
    seat, state = _seat(reading, ground, key)
    _check_right(reading, ground, account, role, (person, state) != (before, seat_state(seat) if seat else None))
    seat_before = seat_state(seat) if seat else None
    posting = seat.pk if seat else None
    save = PersonSave(username, before, person, key[1], commune, department, posting, seat_before, state)
    old, new = _told(before, person, seat_before, state)
    where = f" {reading.said('place')}" if reading.said("place") else ""
    title = f"{person.full_name or username} ({username}) · {role.label if role else ''}{where}"
    both = None if before is None or seat_before is None else (before, seat_before)
    row = reading.row(title, both, (person, state), save, old, new)
    if account is None and not row.problems:
        row.warning = "Tài khoản mới, chưa có mật khẩu."
    return row, (key, state.from_on)


def _is_foreign(account: Account, district: Unit) -> bool:
    """An account that only ever held seats elsewhere. Who holds none at all yet is anybody's to take on."""
    return bool(account.districts) and district.code not in account.districts


def _check_username(reading: Reading, ground: _Ground, username: str, account: Account | None) -> None:
    if not username:
        reading.refuse("username", "Thiếu tên đăng nhập.", "Ghi tên đăng nhập của người này.")
        return
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        remedy = "Chỉ dùng chữ, số và các dấu @ . + - _; không có khoảng trắng."
        reading.refuse("username", "Tên đăng nhập có ký tự không dùng được.", remedy)
    if len(username) > 60:
        reading.refuse("username", "Tên đăng nhập dài quá 60 ký tự.", "Chọn tên ngắn hơn.")
    twin = ground.lowered.get(username.casefold(), username)
    if account is None and twin != username:
        reading.refuse("username", "Tên đăng nhập này chỉ khác chữ hoa, chữ thường với tên đã có.", NEXT_FREE)
    if account is not None and _is_foreign(account, ground.task.district):
        reading.refuse("username", "Tên đăng nhập này đã có người ngoài huyện dùng.", NEXT_FREE)


def _person_after(reading: Reading, ground: _Ground, username: str, before: PersonState | None) -> PersonState:
    now = before or PersonState("", "")
    for key, said in (("full_name", ground.names), ("email", ground.emails)):
        if len(said.get(username, ())) > 1:
            reason = f"Các hàng của {username[:60]} ghi khác nhau ở cột “{reading.labels[key]}”."
            reading.refuse(key, reason, "Ghi giống nhau, hoặc chỉ ghi ở một hàng.")
    # A further row of a new account may leave the name out.
    name = reading.text("full_name", now.full_name or next(iter(ground.names.get(username, ())), ""), 120)
    if not name and not reading.is_wrong("full_name"):
        reading.refuse("full_name", "Thiếu họ và tên.", "Ghi họ và tên của người này.")
    email = reading.text("email", now.email or next(iter(ground.emails.get(username, ())), ""), 254)
    if now.email and email != now.email:
        remedy = "Người đó tự đổi ở trang Tài khoản; để trống ô này."
        reading.refuse("email", "Người này đã có địa chỉ thư riêng.", remedy)
    elif email and email != now.email and not _is_address(email):
        reading.refuse("email", "Không phải địa chỉ thư điện tử.", "Ghi dạng ten@mien.vn, hoặc để trống.")
    is_shared = username in ground.accounts and len(ground.accounts[username].districts) > 1
    if is_shared and before is not None and (name, email) != before:
        reading.refuse("full_name", "Người này còn giữ nhiệm vụ ở huyện khác.", "Để trống họ tên và thư; họ tự sửa.")
    return PersonState(name, email)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _role(reading: Reading) -> Role | None:
    options: dict[str, Role | None] = dict(ROLES)
    role = reading.choice("role", options, None)
    if role is None and not reading.is_wrong("role"):
        reading.refuse("role", "Thiếu vai trò.", f"Ghi một trong: {', '.join(ROLES)}.")
    return role


def _place(reading: Reading, ground: _Ground, role: Role | None) -> tuple[str, str]:
    """Codes of the commune and of the department of the seat, "" where the role has none."""
    said = reading.code("place")
    if role is Role.COMMUNE:
        unit = ground.communes.find(said) if said else None
        if unit is None:
            reason = f"Trong huyện không có xã “{said[:40]}”." if said else "Thiếu xã của cán bộ này."
            reading.refuse("place", reason, "Ghi mã hoặc tên xã như trong danh mục.")
        return (unit.code if unit else "", "")
    if role is Role.DEPARTMENT:
        department = ground.departments.find(said) if said else None
        if department is None:
            reason = f"Trong huyện không có phòng, ban “{said[:40]}”." if said else "Thiếu cơ quan của cán bộ này."
            reading.refuse("place", reason, "Ghi mã hoặc tên cơ quan như trong danh mục.")
        return ("", department.code if department else "")
    district = ground.task.district
    own = (district.code, district.name.casefold(), district.full_name.casefold())
    if role and said and said.casefold() not in own:
        reading.refuse("place", f"Vai trò “{role.label}” là của cả huyện, không gắn với một đơn vị.", "Để trống ô này.")
    return ("", "")


def _seat(reading: Reading, ground: _Ground, key: Key) -> tuple[Posting | None, SeatState]:
    """The seat a row is about (None: a new one) and how it would be."""
    today = ground.task.today
    theirs = ground.seats.get(key, [])
    from_on = reading.day("from_on", None)
    running = [row for row in theirs if row.to_on is None or row.to_on > today]
    if from_on is None:
        seat = running[-1] if running else None
    else:
        seat = next((row for row in theirs if row.from_on == from_on), None)
    now = seat_state(seat) if seat else SeatState("", False, from_on or today, None)
    state = SeatState(
        reading.text("title", now.title, 120), reading.mark("signs_off", now.signs_off), now.from_on,
        reading.day("to_on", now.to_on),
    )  # fmt: skip
    if state.signs_off and key[1] != Role.COMMUNE.value:
        reading.refuse("signs_off", "Chỉ cán bộ xã ký duyệt số liệu của xã.", "Để trống ô này.")
    if state.to_on is not None and state.to_on <= state.from_on and state != now:
        reading.refuse("to_on", f"Ngày thôi phải sau ngày nhận ({state.from_on:%d/%m/%Y}).")
    if seat is None and (other := _overlapping(theirs, state)):
        reason = f"Người này đã giữ đúng nhiệm vụ này từ ngày {other.from_on:%d/%m/%Y}."
        reading.refuse("from_on", reason, f"Ghi đúng ngày {other.from_on:%d/%m/%Y} để sửa, hoặc để trống.")
    return seat, state


def _overlapping(theirs: Sequence[Posting], state: SeatState) -> Posting | None:
    for row in theirs:
        if (row.to_on is None or row.to_on > state.from_on) and (state.to_on is None or row.from_on < state.to_on):
            return row
    return None


def _check_right(
    reading: Reading, ground: _Ground, account: Account | None, role: Role | None, is_changed: bool  # noqa: FBT001
) -> None:
    if not is_changed or role is None:
        return
    standing, district = ground.task.standing, ground.task.district.code
    # Whoever holds an administrator's seat is renamed by administrators alone, whichever row says it.
    asked = Role.ADMIN if account and account.username in ground.admins else role
    if refusal := why_not_post(standing, district, person=account.pk if account else None, role=asked):
        reading.refuse("", refusal, "Bỏ hàng này.")


def _told(
    before: PersonState | None, person: PersonState, seat_before: SeatState | None, seat: SeatState
) -> tuple[str, str]:
    new = [*_person_said(person), *_seat_said(seat)]
    if before is None:
        return "", told(new)
    if seat_before is None:
        _, named = changed(_person_said(before), _person_said(person))
        return "", "; ".join(filter(None, (named, told(_seat_said(seat)))))
    return changed([*_person_said(before), *_seat_said(seat_before)], new)


def _person_said(person: PersonState) -> list[tuple[str, str]]:
    return [("Họ và tên", person.full_name), ("Thư điện tử", person.email)]


def _seat_said(seat: SeatState) -> list[tuple[str, str]]:
    return [
        ("Chức danh", seat.title),
        ("Ký duyệt", "có" if seat.signs_off else ""),
        ("Từ ngày", f"{seat.from_on:%d/%m/%Y}"),
        ("Đến trước ngày", f"{seat.to_on:%d/%m/%Y}" if seat.to_on else ""),
    ]
