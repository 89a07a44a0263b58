"""A newer figure is never overtaken by an older one, whatever is withdrawn, returned or verified in which order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from communes.rules.superseding import Revised, is_overtaken, stages_changed
from communes.rules.workflow import MOVES, ActKind, Stage

SUBMIT, VERIFY, APPROVE = ActKind.SUBMIT, ActKind.VERIFY, ActKind.APPROVE


def test_a_newer_submission_leaves_the_older_one_waiting_no_longer() -> None:
    revisions = [Revised(1, Stage.SUBMITTED, (SUBMIT,)), Revised(2, Stage.SUBMITTED, (SUBMIT,))]
    assert stages_changed(SUBMIT, 2, revisions) == {1: Stage.REPLACED}


def test_withdrawing_gives_the_submission_before_it_back_to_the_verifier() -> None:
    revisions = [Revised(1, Stage.REPLACED, (SUBMIT,)), Revised(2, Stage.WITHDRAWN, (SUBMIT, ActKind.WITHDRAW))]
    assert stages_changed(ActKind.WITHDRAW, 2, revisions) == {1: Stage.SUBMITTED}


def test_withdrawing_does_not_revive_what_an_approved_figure_replaced() -> None:
    revisions = [
        Revised(1, Stage.REPLACED, (SUBMIT,)),
        Revised(2, Stage.APPROVED, (SUBMIT, VERIFY, APPROVE)),
        Revised(3, Stage.WITHDRAWN, (SUBMIT, ActKind.WITHDRAW)),
    ]
    assert stages_changed(ActKind.WITHDRAW, 3, revisions) == {}


def test_what_was_returned_to_the_lead_and_then_replaced_waits_again_after_a_withdrawal() -> None:
    done = (SUBMIT, VERIFY, ActKind.RETURN_TO_LEAD)
    revisions = [Revised(1, Stage.REPLACED, done), Revised(2, Stage.WITHDRAWN, (SUBMIT, ActKind.WITHDRAW))]
    assert stages_changed(ActKind.WITHDRAW, 2, revisions) == {1: Stage.SUBMITTED}


def test_returning_to_the_lead_what_a_newer_submission_replaced_does_not_make_it_wait() -> None:
    revisions = [Revised(1, Stage.SUBMITTED, (SUBMIT, VERIFY)), Revised(2, Stage.SUBMITTED, (SUBMIT,))]
    assert stages_changed(ActKind.RETURN_TO_LEAD, 1, revisions) == {1: Stage.REPLACED}
    assert stages_changed(ActKind.RETURN_TO_LEAD, 1, revisions[:1]) == {}


def test_an_older_figure_may_be_approved_while_a_newer_one_only_waits() -> None:
    revisions = [Revised(1, Stage.VERIFIED, (SUBMIT, VERIFY)), Revised(2, Stage.SUBMITTED, (SUBMIT,))]
    assert not is_overtaken(APPROVE, 1, revisions)
    assert is_overtaken(VERIFY, 1, revisions)


STEPS = st.lists(st.tuples(st.sampled_from([None, *MOVES]), st.integers(0, 3)), max_size=25)


@given(STEPS)
def test_the_approved_figure_is_never_older_than_one_approved_before(steps: list[tuple[ActKind | None, int]]) -> None:
    """A little history by chance: `None` types a new draft, an act goes to the revision it is pointed at."""
    stages: dict[int, Stage] = {}
    acts: dict[int, list[ActKind]] = {}
    approved = 0
    for act, place in steps:
        if act is None:
            stages[len(stages) + 1] = Stage.DRAFT
            continue
        numbers = sorted(stages, reverse=True)
        if place >= len(numbers) or stages[numbers[place]] not in MOVES[act].from_stages:
            continue
        number = numbers[place]
        if act is SUBMIT and place:
            continue  # only the newest revision is sent
        revisions = [Revised(n, stages[n], tuple(acts.get(n, ()))) for n in stages]
        if is_overtaken(act, number, revisions):
            continue
        to_stage = MOVES[act].to_stage
        assert to_stage is not None
        stages[number] = to_stage
        acts.setdefault(number, []).append(act)
        revisions = [Revised(n, stages[n], tuple(acts.get(n, ()))) for n in stages]
        stages.update(stages_changed(act, number, revisions))
        if act is APPROVE:
            assert number > approved
            approved = number
        assert sum(stage is Stage.SUBMITTED for stage in stages.values()) <= 1
