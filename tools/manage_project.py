"""Sets the project up, runs it and tests it: `python3 tools/manage_project.py run` (Windows: `py …`).

Standard library only: it runs before anything is installed. `make run`, `make test` are aliases of it.
The plain commands behind `run` are short and can be typed by hand:

    python3 -m venv .venv
    .venv/bin/python -m pip install --require-hashes -r requirements/run.txt
    .venv/bin/python manage.py backup --before-migrate
    .venv/bin/python manage.py migrate
    .venv/bin/python manage.py load_criteria
    .venv/bin/python manage.py demo --if-empty
    .venv/bin/python manage.py runserver

Environment: PORT (8000), NTM_DATA_DIR (var/), NTM_DEMO_PASSWORD, DATABASE_URL; CI=true turns a skip for a
missing part into a failure.
"""

import argparse
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import system_parts

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed.txt"
LOCKS = {"run": ROOT / "requirements" / "run.txt", "dev": ROOT / "requirements" / "dev.txt"}
OLDEST_PYTHON = (3, 11)
HOST = "127.0.0.1"


def say(sentence: str) -> None:
    print(f"==> {sentence}", flush=True)


def stop(sentence: str) -> None:
    sys.exit(f"\n{sentence}")


def call(*command: object, **environment: str) -> int:
    """Runs one command in the project's folder, showing it first. Returns its exit code."""
    words = [str(word) for word in command]
    shown = [word.replace(str(ROOT) + os.sep, "") for word in words]
    print("  $", " ".join(f'"{word}"' if " " in word else word for word in shown), flush=True)
    return subprocess.run(words, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def must(*command: object) -> None:
    code = call(*command)
    if code:
        stop(f"This command failed with exit code {code}; its own words stand above.")


# --- environment ----------------------------------------------------------------------------------


def expected_stamp(lock: str) -> str:
    content = hashlib.sha256(LOCKS[lock].read_bytes()).hexdigest()
    return f"{lock} {content} python {sys.version_info.major}.{sys.version_info.minor} at {ROOT}\n"


def is_installed(lock: str) -> bool:
    """True when the environment holds this lock; the developer's lock contains the one for running."""
    if not (STAMP.exists() and PYTHON.exists()):
        return False
    found = STAMP.read_text(encoding="utf-8")
    return found in {expected_stamp(lock), expected_stamp("dev")}


def check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        stop(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Name a newer one: "
             "make run PYTHON=python3.11")  # fmt: skip
    if importlib.util.find_spec("ensurepip") is None and not system_parts.install_python_venv(say):
        stop("Python's venv module is missing. Debian: apt-get install python3-venv")


def make_environment() -> None:
    """Keeps a working environment of the same Python, so that a new lock installs only what changed."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    probe = f"import pip, sys; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')"
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", probe], check=False).returncode == 0:
        return
    must(sys.executable, "-m", "venv", "--clear", VENV)


def ensure_environment(lock: str) -> None:
    """Makes .venv and installs the locked packages; about 0.1 s when nothing has changed."""
    if is_installed(lock):
        return
    if STAMP.exists() and STAMP.read_text(encoding="utf-8").startswith("dev "):
        lock = "dev"  # never take a developer's tools away because the program was only run
    check_python()
    say("Making the Python environment in .venv (the first time this takes about half a minute)")
    make_environment()
    STAMP.unlink(missing_ok=True)
    must(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
         "-r", LOCKS[lock])  # fmt: skip
    # Lets every tool in .venv find the project's packages from any folder.
    site = next(VENV.glob("lib/python*/site-packages"), VENV / "Lib" / "site-packages")
    (site / "ntm_tracker_project.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    STAMP.write_text(expected_stamp(lock), encoding="utf-8")


def set_up(lock: str) -> None:
    ensure_environment(lock)
    system_parts.ensure(for_tests=lock == "dev", say=say)


# --- running --------------------------------------------------------------------------------------


def chosen_port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 65536):
        stop(f"PORT={given} is not a port; it is a number from 1 to 65535.")
    port = int(given)
    with socket.socket() as probe:
        if os.name != "nt":
            # As the server itself does: a port that was just given back is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            stop(f"Port {port} is reserved on this machine. Choose another one: PORT=8001 make run")
        except OSError:
            stop(f"Port {port} is in use by another program. Stop that one, or choose another port: "
                 f"PORT={port % 65535 + 1} make run")  # fmt: skip
    return port


def run() -> int:
    port = chosen_port()
    set_up("run")
    must(PYTHON, "manage.py", "backup", "--before-migrate")
    must(PYTHON, "manage.py", "migrate", "--verbosity", "0")
    must(PYTHON, "manage.py", "load_criteria")
    must(PYTHON, "manage.py", "demo", "--if-empty")
    say(f"NTM tracker: http://{HOST}:{port}/   (Ctrl-C stops it)")
    if os.name == "nt":
        return call(PYTHON, "manage.py", "runserver", "--noreload", f"{HOST}:{port}")
    server = [str(PYTHON), "-m", "gunicorn", "ntm_tracker.wsgi", "--bind", f"{HOST}:{port}", "--workers", "2",
              "--keep-alive", "75", "--threads", "4", "--no-control-socket", "--log-level", "warning"]  # fmt: skip
    os.chdir(ROOT)
    os.execv(server[0], server)  # noqa: S606 -- becomes the server, so that Ctrl-C and a kill reach it directly


# --- testing --------------------------------------------------------------------------------------


def all_of(steps: dict[str, list[object]]) -> int:
    """Runs every step even after a failure, so that one run tells everything. Returns 1 when one failed."""
    failed = []
    for name, command in steps.items():
        say(name)
        started = time.monotonic()
        if call(*command):
            failed.append(name)
        print(f"    {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print(f"\nFAILED: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


LINT: dict[str, list[object]] = {
    "Style": [PYTHON, "-m", "ruff", "check", "."],
    "Imports between floors and rooms": [SCRIPTS / "lint-imports"],
    "Types of the pure rooms": [PYTHON, "-m", "mypy"],
    "Templates": [PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"],
    "Migrations match the models": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
}
PYTEST: list[object] = [PYTHON, "-m", "pytest", "-n", "2"]


def lint() -> int:
    set_up("dev")
    return all_of(LINT)


def test() -> int:
    set_up("dev")
    steps = {**LINT, "Tests on SQLite, with the browser": [*PYTEST, "--db", "sqlite"]}
    if os.name == "posix" or os.environ.get("DATABASE_URL", "").startswith("postgres"):
        steps["Tests on PostgreSQL, with the browser"] = [*PYTEST, "--db", "postgres"]
    elif os.environ.get("CI") == "true":
        stop("CI=true: the tests on PostgreSQL may not be skipped; set DATABASE_URL.")
    else:
        say("Skipped: tests on PostgreSQL (on Windows set DATABASE_URL to an empty PostgreSQL database)")
    return all_of(steps)


def test_fast() -> int:
    set_up("dev")
    return call(*PYTEST, "-m", "not browser and not slow")


def bench() -> int:
    set_up("dev")
    load: list[object] = [PYTHON, "tools/bench_load.py"]
    return all_of({"Boards and import": [PYTHON, "tools/bench.py"], "Typing and reading at once": load})


def backup() -> int:
    set_up("run")
    return call(PYTHON, "manage.py", "backup")


def screenshots() -> int:
    set_up("dev")
    return call(PYTHON, "-m", "pytest", "-m", "browser", "--pictures=docs/screenshots")


# --- the rest -------------------------------------------------------------------------------------


def setup() -> int:
    set_up("dev")
    return 0


def lock() -> int:
    """Renews the locks (needs uv). They hold versions and hashes only, no address."""
    if shutil.which("uv") is None:
        stop("The locks are made with uv, which is not installed here.")
    compile_lock = ["uv", "pip", "compile", "--universal", "--generate-hashes", "--no-header", "--quiet",
                    "--upgrade", "--python-version", "3.11", "pyproject.toml"]  # fmt: skip
    must(*compile_lock, "--group", "dev", "-o", "requirements/dev.txt")
    # The second follows the first, so that both name the same versions.
    must(*compile_lock, "--constraint", "requirements/dev.txt", "-o", "requirements/run.txt")
    return 0


def clean() -> int:
    """Removes what the set-up and the tests made. The data in var/ stay."""
    for name in (".venv", *(f".{tool}_cache" for tool in ("pytest", "mypy", "ruff", "import_linter"))):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


COMMANDS = {
    "run": run,
    "test": test,
    "test-fast": test_fast,
    "lint": lint,
    "bench": bench,
    "backup": backup,
    "screenshots": screenshots,
    "setup": setup,
    "lock": lock,
    "clean": clean,
}


def main() -> int:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    parser.add_argument("command", choices=COMMANDS)
    try:
        return COMMANDS[parser.parse_args().command]()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
