"""The plan's rows: tasks, what waits for what, the office's own days, baselines.

Dates that follow (earliest, latest, float, state) are computed by `plans.rules` and never stored beside the facts;
only a baseline keeps them, because it is a document of what was planned once. Nothing is deleted: a task or link that
is no longer wanted is withdrawn, with who did it and why.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.roles import Right, Standing
from criteria.rules.vocabulary import Tier
from plans.rules.network import DayKind, LinkKind
from plans.rules.vocabulary import PlanLevel


def in_districts(codes: frozenset[str], unit: str = "unit") -> Q:
    return Q(**{f"{unit}__code__in": codes}) | Q(**{f"{unit}__parent__code__in": codes})


class TaskQuerySet(models.QuerySet["Task"]):
    def standing_now(self) -> TaskQuerySet:
        return self.filter(withdrawn_on=None)

    def visible_to(self, standing: Standing) -> TaskQuerySet:
        """The only door to tasks: the plan of one's district is read by everybody with a seat there."""
        return self.filter(in_districts(standing.districts_where(Right.SEE_DISTRICT)))


class Task(models.Model):
    """Something that must be done at a unit (the district or a commune), or a milestone (`duration` 0).

    `family` and `subject` name what it serves: a criterion ("17"), an indicator ("17.1") or a condition of a set; both
    empty for a task that serves none. `goal_tier` is set on an end milestone only: the recognition of the unit in that
    tier. `step` is the code of the chain's step it was generated from; with unit, family, subject and `goal_year` it is
    the task's identity, so that generating twice makes nothing twice.
    """

    unit = models.ForeignKey("communes.Unit", models.PROTECT, related_name="tasks")
    level = models.CharField("cấp kế hoạch", max_length=10, choices=PlanLevel.choices())
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    title = models.CharField("việc", max_length=300)
    note = models.TextField("ghi chú", blank=True)
    family = models.SlugField("bộ tiêu chí", max_length=60, blank=True)
    subject = models.CharField("tiêu chí, chỉ tiêu, điều kiện", max_length=40, blank=True)
    goal_tier = models.CharField("mốc công nhận", max_length=10, choices=Tier.choices(), blank=True)
    goal_year = models.PositiveSmallIntegerField("năm mục tiêu", null=True, blank=True)
    step = models.SlugField("bước của quy trình", max_length=40, blank=True)
    item = models.ForeignKey("plans.DirectiveItem", models.PROTECT, null=True, blank=True, related_name="tasks")
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="tasks")
    responsible = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="tasks")
    # Who acts where it is neither a department nor a person of the system ("UBND tỉnh", "Hội đồng thẩm định").
    actor = models.CharField("cơ quan thực hiện", max_length=120, blank=True)
    duration = models.PositiveSmallIntegerField("thời gian")
    days = models.CharField("đơn vị thời gian", max_length=10, choices=DayKind.choices(), default=DayKind.WORKING.value)
    not_before = models.DateField("không sớm hơn", null=True, blank=True)
    due_on = models.DateField("hạn", null=True, blank=True)
    started_on = models.DateField("bắt đầu thực tế", null=True, blank=True)
    finished_on = models.DateField("xong thực tế", null=True, blank=True)
    # Empty: nobody has said.
    progress = models.PositiveSmallIntegerField("đã làm được (%)", null=True, blank=True)
    # Of a milestone only: reached as soon as so many of the tasks it waits for allow it; empty means all.
    at_least = models.PositiveSmallIntegerField("chỉ cần bao nhiêu việc trước", null=True, blank=True)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_why = models.TextField(blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["unit", "withdrawn_on"], name="tasks_of_a_unit")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="a_task_says_what_to_do"),
            models.CheckConstraint(condition=Q(progress=None) | Q(progress__lte=100), name="no_task_is_more_than_done"),
            models.CheckConstraint(
                condition=Q(finished_on=None) | Q(started_on__isnull=False, finished_on__gte=F("started_on")),
                name="a_task_finishes_after_it_started",
            ),
            models.CheckConstraint(
                condition=Q(finished_on=None) | Q(progress=100), name="a_finished_task_is_done_whole"
            ),
            models.CheckConstraint(
                condition=Q(at_least=None) | Q(duration=0, at_least__gte=1),
                name="only_a_milestone_counts_what_it_needs",
            ),
            models.CheckConstraint(
                condition=Q(goal_tier="") | Q(duration=0, goal_year__isnull=False),
                name="a_goal_is_a_milestone_of_a_year",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | ~Q(withdrawn_why=""), name="withdrawing_a_task_has_its_reason"
            ),
            models.UniqueConstraint(
                fields=["unit", "family", "subject", "goal_year", "step"],
                condition=Q(withdrawn_on=None) & ~Q(step=""), name="a_step_is_generated_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def is_milestone(self) -> bool:
        return self.duration == 0


class TaskLink(models.Model):
    """`after` waits for `before`. Between any two tasks of one district; cycles are refused by the action."""

    before = models.ForeignKey(Task, models.PROTECT, related_name="links_out")
    after = models.ForeignKey(Task, models.PROTECT, related_name="links_in")
    kind = models.CharField("kiểu nối", max_length=2, choices=LinkKind.choices(), default=LinkKind.FS.value)
    lag = models.SmallIntegerField("độ trễ (ngày làm việc)", default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="two_tasks_are_linked_once"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="no_task_waits_for_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id}"


class OwnDay(models.Model):
    """A day that the district's office counts otherwise than the public calendar: a day off, or a Saturday worked."""

    district = models.ForeignKey("communes.Unit", models.PROTECT, related_name="own_days")
    day = models.DateField("ngày")
    is_working = models.BooleanField("ngày làm việc", default=False)
    reason = models.CharField("lý do", max_length=200)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["district", "day"], name="a_day_is_said_once")]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.reason}"


class Baseline(models.Model):
    """What was planned once ("Kế hoạch gốc 15/04/2022"): kept for ever, the newest one is compared with."""

    district = models.ForeignKey("communes.Unit", models.PROTECT, related_name="baselines")
    name = models.CharField("tên", max_length=120)
    reason = models.TextField("lý do")
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_baseline_has_its_reason")]

    def __str__(self) -> str:
        return self.name


class BaselineTask(models.Model):
    """Where one task stood in a baseline: first and last day of work (for a milestone both its day)."""

    baseline = models.ForeignKey(Baseline, models.PROTECT, related_name="tasks")
    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    start_on = models.DateField()
    finish_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["baseline", "task"], name="a_task_stands_once_in_a_baseline"),
            models.CheckConstraint(condition=Q(finish_on__gte=F("start_on")), name="a_baseline_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.start_on}–{self.finish_on}"
