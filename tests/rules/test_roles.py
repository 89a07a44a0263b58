"""The six roles: what each may do at all, and that one district's office is nobody in the next."""

from __future__ import annotations

import pytest

from accounts.roles import NOBODY, RIGHTS, Right, Role, Seat, Standing
from tests.rules.makers import KY_ANH, KY_CHAU, KY_PHU

NEXT_DOOR = "huyen.huong-khe"
# A remark, a list of people and the progress of a task are no figures.
NO_FIGURES = {Right.DISCUSS, Right.IMPORT_PEOPLE, Right.DO_TASKS, Right.PLAN_OWN}
WRITING = frozenset(Right) - {Right.SEE_DISTRICT, Right.SEE_ALL_BASES, Right.SEE_HISTORY} - NO_FIGURES


def person(role: Role, *, district: str = KY_ANH, commune: str = "", department: str = "") -> Standing:
    return Standing(1, "Người thử", (Seat(role, district, commune, department),))


def test_there_are_six_roles_each_with_a_name_and_its_rights() -> None:
    assert len(Role) == 6 and set(RIGHTS) == set(Role)
    assert all(role.label for role in Role)
    assert Role.choices()[0] == ("coordinator", "Văn phòng điều phối NTM")


@pytest.mark.parametrize(
    ("right", "holders"),
    [
        (Right.ASSESS_COMMUNE, {Role.COMMUNE}),
        (Right.VERIFY, {Role.DEPARTMENT, Role.COORDINATOR}),
        (Right.APPROVE, {Role.COORDINATOR}),
        (Right.ASSESS_DISTRICT, {Role.DEPARTMENT, Role.COORDINATOR}),
        (Right.VERIFY_DISTRICT, {Role.COORDINATOR}),
        (Right.APPROVE_DISTRICT, {Role.LEADER, Role.COORDINATOR}),
        (Right.SET_THRESHOLDS, {Role.COORDINATOR}),
        (Right.GRANT_EXEMPTIONS, {Role.COORDINATOR}),
        (Right.RECORD_APPRAISALS, {Role.COORDINATOR}),
        (Right.ENTER_SURVEYS, {Role.COORDINATOR, Role.DEPARTMENT}),
        (Right.SEE_HISTORY, {Role.COORDINATOR, Role.LEADER, Role.ADMIN}),
        (Right.PREFILL, {Role.COORDINATOR, Role.DEPARTMENT}),
        (Right.RUN_ROUNDS, {Role.COORDINATOR}),
        (Right.LOAD_INITIAL, {Role.COORDINATOR}),
        (Right.ASK_FOR_PAPERS, {Role.COORDINATOR, Role.DEPARTMENT}),
        (Right.RECORD_FINDINGS, {Role.COORDINATOR, Role.DEPARTMENT}),
        (Right.IMPORT_PLAN, {Role.COORDINATOR}),
        (Right.IMPORT_PEOPLE, {Role.COORDINATOR, Role.ADMIN}),
        (Right.DISCUSS, set(Role) - {Role.ADMIN}),
        (Right.STEER, {Role.COORDINATOR}),
        (Right.GIVE_DIRECTIVES, {Role.COORDINATOR, Role.LEADER}),
        (Right.PLAN_COMMUNE, {Role.COMMUNE}),
        (Right.DO_TASKS, set(Role) - {Role.ADMIN, Role.LEADER}),
        (Right.PLAN_OWN, set(Role) - {Role.ADMIN}),
        (Right.SEE_DISTRICT, set(Role)),
        (Right.SEE_ALL_BASES, set(Role) - {Role.COMMUNE}),
    ],
)
def test_a_right_is_held_by_exactly_these_roles(right: Right, holders: set[Role]) -> None:
    assert {role for role in Role if person(role).can(right)} == holders


@pytest.mark.parametrize("role", [Role.TEAM_MEMBER, Role.ADMIN])
def test_a_team_member_and_the_administrator_change_no_figure(role: Role) -> None:
    assert not RIGHTS[role] & WRITING


@pytest.mark.parametrize("role", list(Role))
def test_no_role_both_assesses_a_commune_and_verifies_or_approves(role: Role) -> None:
    steps = {Right.VERIFY, Right.APPROVE}
    assert Right.ASSESS_COMMUNE not in RIGHTS[role] or not RIGHTS[role] & steps


@pytest.mark.parametrize("right", list(Right))
def test_without_a_seat_nothing_is_allowed(right: Right) -> None:
    assert not NOBODY.can(right) and not NOBODY.can_in(right, KY_ANH)
    assert not NOBODY.districts and not NOBODY.communes


@pytest.mark.parametrize("role", list(Role))
def test_one_districts_officer_is_nobody_in_the_next(role: Role) -> None:
    standing = person(role)
    assert standing.districts == {KY_ANH}
    for right in RIGHTS[role]:
        assert standing.can_in(right, KY_ANH) and not standing.can_in(right, NEXT_DOOR)
        assert standing.districts_where(right) == {KY_ANH}


def test_a_right_held_in_one_district_is_not_lent_to_a_seat_in_another() -> None:
    seats = (Seat(Role.COORDINATOR, KY_ANH), Seat(Role.TEAM_MEMBER, NEXT_DOOR))
    standing = Standing(1, "Hai nơi", seats)
    assert standing.districts == {KY_ANH, NEXT_DOOR}
    assert standing.districts_where(Right.APPROVE) == {KY_ANH}
    assert not standing.can_in(Right.APPROVE, NEXT_DOOR)
    assert standing.can_in(Right.SEE_ALL_BASES, NEXT_DOOR)


def test_only_a_commune_officers_own_commune_is_theirs() -> None:
    assert person(Role.COMMUNE, commune=KY_PHU).communes == {KY_PHU}
    assert KY_CHAU not in person(Role.COMMUNE, commune=KY_PHU).communes
    assert not person(Role.TEAM_MEMBER, commune=KY_PHU).communes


def test_departments_are_told_by_district_and_only_for_their_officers() -> None:
    seats = (
        Seat(Role.DEPARTMENT, KY_ANH, department="gddt"),
        Seat(Role.DEPARTMENT, NEXT_DOOR, department="tckh"),
        Seat(Role.COORDINATOR, KY_ANH, department="vpdp"),
    )
    assert Standing(1, "Hai phòng", seats).departments_in(KY_ANH) == {"gddt"}


def test_several_seats_add_up() -> None:
    seats = (Seat(Role.COMMUNE, KY_ANH, KY_PHU), Seat(Role.DEPARTMENT, KY_ANH, department="gddt"))
    standing = Standing(1, "Kiêm nhiệm", seats)
    assert standing.can(Right.ASSESS_COMMUNE) and standing.can(Right.VERIFY)
    assert standing.has(Role.COMMUNE, Role.LEADER) and not standing.has(Role.LEADER, Role.ADMIN)
