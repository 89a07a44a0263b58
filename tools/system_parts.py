"""The parts that pip cannot install: pango for PDF, Chromium and poppler for the tests.

Each missing one is named with the command that installs it. With the right to do so (root or passwordless
sudo) and apt-get at hand it is installed; otherwise the program goes on without PDF or browser tests.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

Say = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """One thing of the system: how to recognise it, the Debian package with it, what fails without it."""

    package: str
    purpose: str
    library: str = ""
    programs: tuple[str, ...] = ()

    def is_there(self) -> bool:
        if self.programs:
            return any(map(shutil.which, self.programs))
        try:
            ctypes.CDLL(self.library)
        except OSError:
            return False
        return True


PDF = "no PDF"
BROWSER = "no browser tests"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TO_RUN = (
    Part("libpango-1.0-0", PDF, library="libpango-1.0.so.0"),
    Part("libpangoft2-1.0-0", PDF, library="libpangoft2-1.0.so.0"),
    Part("libharfbuzz-subset0", PDF, library="libharfbuzz-subset.so.0"),
    Part("fontconfig", PDF, programs=("fc-match",)),
)
TO_TEST = (
    Part("chromium", BROWSER, programs=CHROMIUM),
    Part("libatomic1", BROWSER, library="libatomic.so.1"),
    Part("poppler-utils", "no look at printed pages", programs=("pdftoppm",)),
)
ELSEWHERE = (
    "PDF needs pango and browser tests need Chromium; how to get them on this system is told in the "
    "installation pages of WeasyPrint and of Chromium."
)


def privileged_prefix() -> list[str] | None:
    """What to put before apt-get; None without the right to install."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if allowed else None


def install(packages: list[str], say: Say) -> bool:
    """Installs Debian packages. False, with the exact line printed, when that is not possible here."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    prefix = privileged_prefix()
    if prefix is None:
        say(f"To install them: sudo apt-get update && sudo {line}")
        return False
    say(f"Installing: {' '.join([*prefix, line])}")
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    for command in (["apt-get", "update", "-qq"], [*line.split(), "-qq"]):
        done = subprocess.run([*prefix, *quiet, *command], stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            say(f"That failed. By hand: apt-get update && {line}")
            return False
    return True


def has_apt() -> bool:
    return sys.platform == "linux" and shutil.which("apt-get") is not None


def install_python_venv(say: Say) -> bool:
    """Debian splits venv from Python. True when it could be installed."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return has_apt() and install([version], say)


def ensure(*, for_tests: bool, say: Say) -> None:
    """Names what is missing and installs it where that is allowed. Never raises: the rest works without."""
    if sys.platform != "linux":
        if for_tests and not any(map(shutil.which, CHROMIUM)):
            say(ELSEWHERE)
        return
    missing = [part for part in TO_RUN + (TO_TEST if for_tests else ()) if not part.is_there()]
    if not missing:
        return
    for part in missing:
        say(f"Missing: {part.package} (without it: {part.purpose})")
    packages = [part.package for part in missing]
    if not has_apt():
        say(f"Install what your system calls these Debian packages: {' '.join(packages)}")
    elif install(packages, say):
        return
    say(f"Going on without: {'; '.join(sorted({part.purpose for part in missing}))}")
