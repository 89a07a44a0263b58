"""What every act on a plan begins and ends with: the lock of the district, the row as it stands, the network held
against the rules.

The lock is the district's own row. Without it two people who add a link each, neither a circle alone, close one
together; with it the second reads what the first wrote. Taken first of all, before tasks; the history last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from communes.actions.locking import hold_units
from communes.models import Unit
from criteria.policies import Refused
from plans.models import Task, TaskLink
from plans.queries.network import flaw_words, in_plan_of, rule_link, rule_task
from plans.rules.network import MOST_DAYS, LinkKind, flaws_of


class Stale(Exception):
    """Somebody changed it since the person looked; `current` is the row as it stands now."""

    def __init__(self, current: Task) -> None:
        super().__init__("Người khác vừa sửa.")
        self.current = current


@dataclass(frozen=True, slots=True)
class WantedLink:
    """What a task shall wait for: the task `before` (pk)."""

    before: int
    kind: LinkKind = LinkKind.FS
    lag: int = 0


def district_of_task(task: Task) -> Unit:
    """The district whose plan a task is in; one query where its unit's parent was not read."""
    if not task.unit.is_commune:
        return task.unit
    assert task.unit.parent is not None
    return task.unit.parent


def hold_plan(district: Unit) -> None:
    """Take the lock of a district's plan; in the caller's transaction, before anything of it is read. One query."""
    hold_units([district.code])


def locked_task(task: Task, seen_version: int) -> Task:
    """The row as it stands now, the plan held. Raises Stale, with the row. Two queries."""
    hold_plan(district_of_task(task))
    row = fresh_task(task.pk)
    if row.version != seen_version:
        raise Stale(row)
    return row


def fresh_task(pk: int) -> Task:
    """Locked without its key: other tasks may go on waiting for it."""
    rows = Task.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("unit__parent", "department", "responsible", "parent").get(pk=pk)


def put_waits(task: Task, links: Sequence[WantedLink], district: Unit) -> dict[str, list[int]]:
    """Make `task` wait for exactly these; what was there and stays keeps its row. Says which were added, changed,
    removed. The caller holds the plan and calls `check_network` afterwards. Raises Refused."""
    wanted = {link.before: link for link in links}
    if len(wanted) < len(links):
        raise Refused("Mỗi việc trước chỉ chọn một lần.")
    if task.pk in wanted:
        raise Refused("Một việc không chờ chính nó.")
    if any(abs(link.lag) > MOST_DAYS for link in links):
        raise Refused(f"Độ trễ nhiều nhất {MOST_DAYS} ngày làm việc.")
    _refuse_strangers(wanted, district)
    kept = {row.before_id: row for row in TaskLink.objects.filter(after=task, before__withdrawn_on=None)}
    removed = sorted(kept.keys() - wanted.keys())
    TaskLink.objects.filter(after=task, before__in=removed).delete()
    changed = [pk for pk, row in kept.items() if pk in wanted and _differs(row, wanted[pk])]
    for pk in changed:
        kept[pk].kind, kept[pk].lag = wanted[pk].kind.value, wanted[pk].lag
        kept[pk].save(update_fields=["kind", "lag"])
    added = [link for pk, link in wanted.items() if pk not in kept]
    TaskLink.objects.bulk_create(
        TaskLink(before_id=link.before, after=task, kind=link.kind.value, lag=link.lag) for link in added
    )
    return {"added": [link.before for link in added], "changed": changed, "removed": removed}


def _refuse_strangers(before: Iterable[int], district: Unit) -> None:
    pks = set(before)
    known = Task.objects.standing_now().filter(in_plan_of(district), pk__in=pks).count()
    if known < len(pks):
        raise Refused("Việc trước phải là một việc đang có trong kế hoạch của huyện này.")


def _differs(row: TaskLink, link: WantedLink) -> bool:
    return (row.kind, row.lag) != (link.kind.value, link.lag)


def check_network(district: Unit) -> None:
    """Hold the whole plan against the rules, as it would be saved. Raises Refused, which undoes the act. Two
    queries."""
    tasks = list(Task.objects.standing_now().filter(in_plan_of(district)).order_by("pk"))
    links = TaskLink.objects.filter(
        in_plan_of(district, "before__unit"), before__withdrawn_on=None, after__withdrawn_on=None
    ).order_by("pk")
    # Who has it in hand is of no account here, and would cost a query each.
    flaws = flaws_of([rule_task(task, holder=False) for task in tasks], map(rule_link, links))
    if flaws:
        raise Refused(flaw_words(flaws, {str(task.pk): task.title for task in tasks}))
