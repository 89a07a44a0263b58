"""Writes the corpus into a folder, for another program to try: `python -m tests.corpus.make FOLDER`.

Nothing of it is kept in the project: some of it is what mail gateways and virus scanners rightly refuse.
"""

import re
import sys
from pathlib import Path

from tests.corpus.files import BAD_FILES, GOOD_FILES
from tests.corpus.parts import Case
from tests.corpus.workbooks import BAD_WORKBOOKS, GOOD_WORKBOOKS

TABLES: dict[str, tuple[Case, ...]] = {
    "workbooks-good": GOOD_WORKBOOKS,
    "workbooks-bad": BAD_WORKBOOKS,
    "files-good": GOOD_FILES,
    "files-bad": BAD_FILES,
}


def write(folder: Path) -> int:
    """Each case as a file of its own, and a list of the sentences. Returns how many."""
    written = 0
    for table, cases in TABLES.items():
        place = folder / table
        place.mkdir(parents=True, exist_ok=True)
        for case in cases:
            ending = Path(case.name or "a.xlsx").suffix
            (place / (re.sub(r"[^a-z0-9]+", "-", case.title.lower()) + ending)).write_bytes(case.make())
            written += 1
        lines = [f"{case.title}\t{case.says or 'passes'}\n" for case in cases]
        (place / "expected.tsv").write_text("".join(lines), encoding="utf-8")
    return written


if __name__ == "__main__":
    print(write(Path(sys.argv[1])), "files")
