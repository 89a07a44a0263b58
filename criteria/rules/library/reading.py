"""The door: reads a folder in the order in which files mention one another, puts the library together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from criteria.rules.library import attachments
from criteria.rules.library.checks import check_library
from criteria.rules.library.content import Amendment, AmendmentChange, Library
from criteria.rules.library.fields import Fields
from criteria.rules.library.nodes import Mapping, read_mapping
from criteria.rules.library.parts import Shelf, read_measures
from criteria.rules.library.problems import LibraryProblems, Problem, Source
from criteria.rules.library.sets import SET_KEYS, SetFile, read_set
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Level, Tier

# File name -> its keys. Every other file is told by its content: a set, a supplement or an amendment.
_LISTS = {
    "measures.yaml": "measures",
    "departments.yaml": "note departments",
    "survey_contents.yaml": "contents",
    "rollups.yaml": "rollups",
    "base_quantities.yaml": "quantities",
}
_LEVELS = (Level.COMMUNE, Level.DISTRICT, Level.PROVINCE)


def read_library(folder: Path) -> Library:
    """The library in `folder` (its `*.yaml`; subfolders are not read).

    Raises LibraryProblems with every problem found; nothing is returned as long as there is one.
    """
    problems: list[Problem] = []
    mappings = _read_files(folder, problems)
    if any(name not in mappings for name in _LISTS):
        # Without the lists every mention in every set would be told as unknown: mend these first.
        raise LibraryProblems(problems)
    lists = {name: Fields(mappings.pop(name), Source(name, problems), keys) for name, keys in _LISTS.items()}
    shelf = Shelf()
    departments = attachments.read_departments(lists["departments.yaml"], shelf)
    contents = attachments.read_survey_contents(lists["survey_contents.yaml"])
    read_measures(lists["measures.yaml"], shelf)
    quantities = attachments.read_base_quantities(lists["base_quantities.yaml"], shelf)
    others = _read_others(mappings, problems, shelf)
    rollups = attachments.read_rollups(lists["rollups.yaml"], shelf)
    check_library(others.sets, others.supplements, rollups, shelf)
    if problems:
        raise LibraryProblems(problems)
    return Library(
        measures=tuple(shelf.measures.values()),
        rulebooks=_in_order(_complete(file.rulebook, others) for file in others.sets),
        departments=departments,
        survey_contents=contents,
        rollups=tuple(entry.rollup for entry in rollups),
        base_quantities=quantities,
        supplements=tuple(file.supplement for file in others.supplements),
        amendments=tuple(others.amendments),
        commune_groups=tuple(group for file in others.sets for group in file.groups),
    )


def _read_files(folder: Path, problems: list[Problem]) -> dict[str, Mapping]:
    """The top mapping of every readable file, by name; unreadable and missing ones are told."""
    mappings = {}
    for path in sorted(folder.glob("*.yaml")):
        mapping = read_mapping(path, Source(path.name, problems))
        if mapping is not None:
            mappings[path.name] = mapping
    for name in _LISTS:
        if not (folder / name).is_file():
            problems.append(Problem(name, 0, "thư viện thiếu tệp này", f"thêm tệp {name}"))
    return mappings


@dataclass(slots=True)
class _Others:
    """The files that are told by their content."""

    sets: list[SetFile] = field(default_factory=list)
    supplements: list[attachments.SupplementFile] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)


def _read_others(mappings: dict[str, Mapping], problems: list[Problem], shelf: Shelf) -> _Others:
    others = _Others()
    for name, mapping in mappings.items():
        source = Source(name, problems)
        if "family" in mapping.items:
            others.sets.append(read_set(Fields(mapping, source, SET_KEYS), shelf))
        elif "families" in mapping.items:
            fields = Fields(mapping, source, attachments.SUPPLEMENT_KEYS)
            others.supplements.append(attachments.read_supplement(fields, shelf))
        elif "amends" in mapping.items:
            fields = Fields(mapping, source, attachments.AMENDMENT_KEYS)
            others.amendments.append(attachments.read_amendment(fields, shelf))
        else:
            what = "không rõ tệp này chứa gì: không có family, families hay amends"
            source.tell(mapping.line, what, "thêm mã bộ tiêu chí (family) hoặc chuyển tệp ra khỏi thư mục")
    return others


def _complete(rulebook: Rulebook, others: _Others) -> Rulebook:
    """The rulebook with the supplements' criteria after the national ones, and what amends it in words."""
    added = tuple(
        criterion
        for file in others.supplements
        if rulebook.family in file.supplement.families
        for criterion in file.supplement.criteria
    )
    lines = tuple(
        line
        for amendment in others.amendments
        if rulebook.version in amendment.amends
        for line in _amendment_lines(amendment, rulebook.family)
    )
    return replace(rulebook, criteria=rulebook.criteria + added, amendments=lines)


def _amendment_lines(amendment: Amendment, family: str) -> tuple[str, ...]:
    """Lines for the page of a set: what amends it, that this is not entered, what it may concern."""
    annexes = [annex for annex, amended in amendment.annexes if amended == family]
    if not annexes:
        return ()
    head = f"{amendment.number} ngày {amendment.decided_on:%d/%m/%Y}, {annexes[0]} ({amendment.state})"
    changes = (change for change in amendment.changes if change.family == family)
    return (head, *(_change_line(change) for change in changes))


def _change_line(change: AmendmentChange) -> str:
    where = f"Chỉ tiêu {', '.join(change.indicators)}: " if change.indicators else ""
    return f"{where}{change.what} ({change.confidence.label})"


def _in_order(rulebooks: Iterable[Rulebook]) -> tuple[Rulebook, ...]:
    def key(rulebook: Rulebook) -> tuple[bool, int, int, str, date]:
        tiers = list(Tier)
        return (
            rulebook.is_draft,
            _LEVELS.index(rulebook.level),
            tiers.index(rulebook.tier),
            rulebook.family,
            rulebook.effective_on,
        )

    return tuple(sorted(rulebooks, key=key))
