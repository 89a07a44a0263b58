"""Working teams of a district on a day: members, the communes each follows, and the communes that no team follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from communes.models import Team, TeamCommune, TeamMember, Unit
from communes.queries.desks import desks_of
from communes.queries.judged import communes_of


@dataclass(frozen=True)
class MemberShown:
    pk: int
    name: str
    desk: str
    is_head: bool
    since: date
    until: date | None


@dataclass(frozen=True)
class FollowedCommune:
    pk: int
    unit: Unit
    since: date
    until: date | None


@dataclass(frozen=True)
class TeamShown:
    pk: int
    name: str
    document: str
    members: tuple[MemberShown, ...]
    communes: tuple[FollowedCommune, ...]

    @property
    def head(self) -> str:
        return next((one.name for one in self.members if one.is_head), "")


@dataclass(frozen=True)
class Teams:
    """`loose`: communes that no team follows on the day."""

    district: Unit
    as_of: date
    teams: tuple[TeamShown, ...]
    loose: tuple[Unit, ...]


def teams_of(district: Unit, as_of: date) -> Teams:
    """Five queries, however many teams there are."""
    members: dict[int, list[TeamMember]] = {}
    for row in TeamMember.objects.in_force(as_of).filter(team__district=district).select_related("person"):
        members.setdefault(row.team_id, []).append(row)
    communes: dict[int, list[TeamCommune]] = {}
    held = TeamCommune.objects.in_force(as_of).filter(team__district=district).select_related("unit")
    for seat in held.order_by("unit__position", "pk"):
        communes.setdefault(seat.team_id, []).append(seat)
    desks = desks_of({row.person_id for rows in members.values() for row in rows}, as_of)
    teams = tuple(
        TeamShown(
            team.pk, team.name, team.document,
            tuple(
                MemberShown(
                    row.pk, row.person.full_name, desks.get(row.person_id, ""), row.is_head, row.from_on, row.to_on
                )
                for row in members.get(team.pk, ())
            ),
            tuple(FollowedCommune(row.pk, row.unit, row.from_on, row.to_on) for row in communes.get(team.pk, ())),
        )
        for team in Team.objects.filter(district=district)
    )  # fmt: skip
    taken = {row.unit_id for rows in communes.values() for row in rows}
    loose = tuple(unit for unit in communes_of(district, as_of) if unit.pk not in taken)
    return Teams(district, as_of, teams, loose)
