"""The criteria library: reads and checks `criteria/data/*.yaml`, gives back frozen values of `rulebook`.

Called by whoever loads the library into rows, by the editor before it publishes a draft, and by tests. Pure:
it reads the files of one folder and nothing else, knows no clock and no database. All problems are collected
and told at once, each with file, line, what is wrong and the remedy, because a person mends the files.

Rooms, lower ones first: `problems` (what is told), `content` (what comes out), `nodes` (YAML as values that
know their line), `fields` (one mapping, read key by key), `parts` (measures and thresholds), `conditions`,
`sets` (one file of a set), `attachments` (supplements, amendments, lists), `checks` (what only the whole
library shows), `reading` (the door).
"""

from criteria.rules.library.content import (
    OVERALL_CONTENT,
    Amendment,
    AmendmentChange,
    BaseQuantity,
    CommuneGroup,
    DepartmentEntry,
    Library,
    ProvincialDecision,
    Region,
    Rollup,
    Supplement,
    SurveyContent,
)
from criteria.rules.library.problems import LibraryProblems, Problem
from criteria.rules.library.reading import read_library

__all__ = [
    "OVERALL_CONTENT",
    "Amendment",
    "AmendmentChange",
    "BaseQuantity",
    "CommuneGroup",
    "DepartmentEntry",
    "Library",
    "LibraryProblems",
    "Problem",
    "ProvincialDecision",
    "Region",
    "Rollup",
    "Supplement",
    "SurveyContent",
    "read_library",
]
