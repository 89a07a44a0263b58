"""History: one sentence per act, append-only, chained by hash.

No foreign key to what an entry describes, so that nothing described can take its history with it. People are
kept by id; their names are put in when an entry is shown, so that a person can be pseudonymised without
breaking the chain.
"""

from __future__ import annotations

from django.db import models

PERSON_MARK = "{người}"


class HistoryHead(models.Model):
    """One row: the last hash. Locking it makes the chain a chain (8 writers without a lock made 96 forks in 400)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_number = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_head_of_history")]


class HistoryEntry(models.Model):
    """What was done: `sentence` holds PERSON_MARK where the name stands (the first one: a typed text may hold it too);
    `changes` the values before and after.

    `on` is the working day it counts from, `at` the real instant, `number` the place in the chain.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    act = models.CharField(max_length=40)
    person_id = models.BigIntegerField(null=True)
    sentence = models.TextField()
    changes = models.JSONField(default=dict)
    district_code = models.CharField(max_length=10, blank=True)
    unit_code = models.CharField(max_length=10, blank=True)
    measure_code = models.CharField(max_length=80, blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["unit_code", "-number"], name="history_of_a_unit"),
            models.Index(fields=["district_code", "-number"], name="history_of_a_district"),
        ]

    def __str__(self) -> str:
        return self.sentence
