"""What is wrong in the library, told to the person who mends it: Vietnamese, with a place and a remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend. `line` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file} dòng {self.line}" if self.line else self.file
        return f"{place}: {self.what}. Cách sửa: {self.remedy}."


class LibraryProblems(Exception):
    """Raised by `read_library`; `problems` holds every one that was found, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is being read, and the list its problems go to."""

    file: str
    problems: list[Problem]

    def tell(self, line: int, what: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, what, remedy))
