"""The house rules that a machine can keep.

Every check is a plain function from text or names to complaints, and is shown a made-up offender first:
a check that cannot complain protects nothing.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("ntm_tracker", "reports", "plans", "communes", "criteria", "accounts")
LONGEST_FILE = 400
MADE_FOLDERS = {".git", ".venv", "var", ".hypothesis", "test-results", "__pycache__"}
VAGUE_NAMES = {"utils", "helpers", "common", "core", "services", "managers"}
UNFINISHED = re.compile("TO" + r"DO\b|FIX" + r"ME\b")
# Written in pieces, so that this file does not break the rule it keeps.
MACHINE_PATH = re.compile(r"(?<![\w.])/" + r"work/")
REGISTRY = re.compile(
    r"\b(?:pypi|npmjs|yarnpkg|pythonhosted|unpkg|jsdelivr)\." + r"(?:org|com|net)\b"
    r"|\bdeb\.debian\." + r"org\b|--(?:extra-)?index" + r"-url\b",
    re.IGNORECASE,
)
TEXT_ENDINGS = {
    "", ".py", ".md", ".html", ".css", ".js", ".svg", ".txt", ".toml", ".yaml", ".yml", ".json", ".po",
}  # fmt: skip


def project_files() -> list[Path]:
    """Every file that is or would be committed, relative to the root; also without a git history."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = map(Path, filter(None, listed.stdout.decode().split("\0")))
        return [path for path in names if (ROOT / path).is_file()]
    found = (path.relative_to(ROOT) for folder in ROOT.iterdir() for path in walk(folder))
    return sorted(found)


def walk(top: Path) -> Iterable[Path]:
    """The files at or below `top`, without what the set-up and the tools make."""
    if top.is_file():
        yield top
    elif top.name not in MADE_FOLDERS and not top.name.endswith("_cache"):
        yield from (path for path in top.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def text_files() -> Iterable[tuple[Path, str]]:
    for path in project_files():
        if path.suffix in TEXT_ENDINGS:
            yield path, (ROOT / path).read_text(encoding="utf-8", errors="replace")


def our_modules() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".py" and "migrations" not in path.parts]


def vaguely_named(paths: Iterable[Path]) -> list[str]:
    """Modules and packages whose name says nothing about what belongs in them."""
    return [str(path) for path in paths if VAGUE_NAMES & {part.removesuffix(".py") for part in path.parts}]


def too_long(files: Iterable[tuple[Path, str]]) -> list[str]:
    counted = ((path, text.count("\n")) for path, text in files)
    return [f"{path}: {lines} lines" for path, lines in counted if lines > LONGEST_FILE]


def lines_with(pattern: re.Pattern[str], files: Iterable[tuple[Path, str]]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in files
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def packages_without_introduction(apps: Iterable[tuple[str, str]]) -> list[str]:
    """Apps whose `__init__` does not begin with a docstring."""
    return [name for name, text in apps if not text.lstrip().startswith('"""')]


def test_no_module_has_a_name_that_says_nothing():
    assert vaguely_named([Path("criteria/utils.py"), Path("criteria/core/a.py")]) == [
        "criteria/utils.py",
        "criteria/core/a.py",
    ]
    assert vaguely_named(our_modules()) == []


def test_no_module_outgrows_its_room():
    assert too_long([(Path("a.py"), "x = 1\n" * 401), (Path("b.py"), "x = 1\n" * 400)]) == ["a.py: 401 lines"]
    ours = [path for path in our_modules() if path.parts[0] != "tests"]
    assert too_long((path, (ROOT / path).read_text(encoding="utf-8")) for path in ours) == []


def test_nothing_is_left_marked_as_unfinished():
    assert lines_with(UNFINISHED, [(Path("a.py"), "x = 1\n# TO" + "DO: later\n")])
    ours = (pair for pair in text_files() if pair[0].parts[0] not in {"static", "requirements"})
    assert lines_with(UNFINISHED, ours) == []


def test_no_address_of_a_package_registry():
    offenders = ["see " + ".".join(["pypi", "org"]), "--index" + "-url x", ".".join(["npmjs", "com"])]
    assert len(lines_with(REGISTRY, [(Path("a.txt"), "\n".join(offenders))])) == len(offenders)
    assert lines_with(REGISTRY, text_files()) == []


def test_no_path_of_one_developers_machine():
    assert lines_with(MACHINE_PATH, [(Path("a.md"), "see /" + "work/main")])
    assert lines_with(MACHINE_PATH, [(Path("a.md"), "the home/" + "work/balance")]) == []
    assert lines_with(MACHINE_PATH, text_files()) == []


def test_every_app_introduces_itself():
    assert packages_without_introduction([("criteria", "import os\n")]) == ["criteria"]
    apps = [(name, (ROOT / name / "__init__.py").read_text(encoding="utf-8")) for name in APPS]
    assert packages_without_introduction(apps) == []


def lint_imports(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_floors_and_rooms_keep_their_direction():
    checked = lint_imports(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


OFFENDERS = {
    "floors": ("accounts/models.py", "import communes.models\n"),
    "rooms": ("communes/models.py", "import communes.views\n"),
    "pure": ("criteria/rules/judging.py", "from django.db import models\n"),
    "reports-change-nothing": ("reports/views.py", "import communes.actions.saving\n"),
}
HOUSE = (
    "communes/models.py", "communes/views.py", "communes/actions/__init__.py", "communes/actions/saving.py",
    "criteria/rules/__init__.py", "criteria/rules/judging.py", "accounts/models.py", "accounts/roles.py",
    "reports/views.py",
)  # fmt: skip


@pytest.mark.parametrize("contract", OFFENDERS)
def test_each_contract_notices_its_offender(contract: str, tmp_path: Path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in [*(f"{app}/__init__.py" for app in APPS), *HOUSE]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    clean = lint_imports(tmp_path, "--contract", contract)
    assert clean.returncode == 0, clean.stdout + clean.stderr
    path, text = OFFENDERS[contract]
    (tmp_path / path).write_text(text)
    broken = lint_imports(tmp_path, "--contract", contract)
    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "BROKEN" in broken.stdout
