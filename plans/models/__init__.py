"""Tasks and their links, baselines, the office's own days, chain templates, directives."""

from plans.models.chain import ChainStep
from plans.models.directive import Directive, DirectiveItem, ItemNote
from plans.models.task import Baseline, BaselineTask, OwnDay, Task, TaskLink

__all__ = [
    "Baseline",
    "BaselineTask",
    "ChainStep",
    "Directive",
    "DirectiveItem",
    "ItemNote",
    "OwnDay",
    "Task",
    "TaskLink",
]
