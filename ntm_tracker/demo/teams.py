"""The working teams of decision 575, each with a member of the demo as head and the communes it follows.

The decision is real, which team follows which commune no source says: here it is invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import Person
from communes.actions.teaming import give_communes, keep_team, seat_member
from communes.models import Unit
from communes.queries.people import standing_of

SET_UP_ON = date(2022, 4, 18)
DOCUMENT = "Quyết định 575 của Ban Thường vụ Huyện ủy (phân công xã: số liệu minh họa)"
# By team: its head, further members, communes.
TEAMS = (
    ("doan.01", ("phong.nn", "phong.mttq"), ("ky-phu", "ky-khang", "ky-tho", "ky-hai")),
    ("doan.02", ("phong.kt-ht", "phong.hpn"), ("ky-chau", "ky-thu", "ky-tan", "lam-hop")),
    ("doan.03", ("phong.tnmt", "phong.gddt"), ("ky-giang", "ky-dong", "ky-tien", "ky-van")),
    ("doan.04", ("phong.yt", "phong.bdv"), ("ky-bac", "ky-xuan", "ky-phong", "ky-trung")),
    ("doan.05", ("phong.vhtt", "phong.ldtbxh"), ("ky-son", "ky-lac", "ky-tay", "ky-thuong")),
)


def set_up_teams(district: Unit, units: Mapping[str, Unit], people: Mapping[str, Person], office: Person) -> None:
    standing = standing_of(office, SET_UP_ON)
    for number, (head, members, slugs) in enumerate(TEAMS, 1):
        team = keep_team(
            by=office, standing=standing, district=district, team=None, name=f"Đoàn công tác số {number}",
            document=DOCUMENT, on=SET_UP_ON,
        )  # fmt: skip
        for name in (head, *members):
            seat_member(
                by=office, standing=standing, team=team, person=people[name], is_head=name == head, from_on=SET_UP_ON,
                on=SET_UP_ON,
            )  # fmt: skip
        communes = [units[slug] for slug in slugs]
        give_communes(
            by=office, standing=standing, team=team, communes=communes, from_on=SET_UP_ON, on=SET_UP_ON
        )  # fmt: skip
