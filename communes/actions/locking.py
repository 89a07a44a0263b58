"""The one order in which acts lock rows, so that nobody waits for somebody who waits for them.

    1. what is claimed or looked at as a whole: an import, a document, a finding
    2. units       `hold_units`: a round that closes, an imported list of communes, base data and surveys of a commune
    3. people      `hold_people`: an imported list of people; who changes their own address or password
    4. assessments `moving.hold`, `filling._hold`, `importing.lock_cells`
    5. the history `accounts.actions.hold_history`, which `remember` takes as well: last of all

Within each in the order of primary keys. Who needs what stands to stay (a closing, a list that is compared with what
it was checked against) takes the history before reading. Once it is held no act locks a row that was there before,
save those that are only ever changed under it (departments, seats, assignments, targets). New rows wait for nobody:
units and people are locked without their keys, so that others may go on referring to them.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Person
from communes.models import Unit


def hold_units(codes: Iterable[str]) -> None:
    """Lock units by their official codes; those that do not exist are passed over. In the caller's transaction, before
    `hold_history`. One query."""
    rows = Unit.objects.select_for_update(of=("self",), no_key=True).filter(code__in=list(codes))
    list(rows.order_by("pk").values_list("pk"))


def hold_people(usernames: Iterable[str]) -> None:
    """Lock accounts by their usernames, as `hold_units` does units. One query."""
    rows = Person.objects.select_for_update(of=("self",), no_key=True).filter(username__in=list(usernames))
    list(rows.order_by("pk").values_list("pk"))
