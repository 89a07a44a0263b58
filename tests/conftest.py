"""What every test gets: cheap passwords, plain static files, a browser, a watch for N+1 queries.

The database, the data folder and the closed network are set earlier, in tests/plugins.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
import zeal
from django.conf import settings
from django.db import connection
from zeal.apps import ZealConfig

# Playwright keeps an event loop in the main thread, where Django would otherwise refuse every query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The page itself can reach nothing but this machine either.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def missing(part: str) -> NoReturn:
    """Skips for a part that this machine lacks, and fails where nothing may be skipped (CI=true)."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{part} (CI=true: nothing is skipped)", pytrace=False)
    pytest.skip(part)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ntm")
    where = "where browser tests save their screenshots (write --pictures=FOLDER)"
    group.addoption("--pictures", metavar="FOLDER", help=where)


def pytest_configure(config: pytest.Config) -> None:
    # A slow hash is the point of a password and the cost of a test suite.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The manifest storage knows only files that collectstatic has seen.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


def touches_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or "django_db_setup" in getattr(item, "fixturenames", ())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if {"page", "browser", "context"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
    if config.getoption("--db") == "postgres":
        # What touches no database says nothing new on the second engine; the run on SQLite has it.
        config.hook.pytest_deselected(items=[item for item in items if not touches_database(item)])
        items[:] = [item for item in items if touches_database(item)]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, as in production: the in-memory one has other locks and shares one connection."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = find_chromium()
    if chromium is None:
        missing("no Chromium for the browser tests; Debian: apt-get install chromium libatomic1")
    return {**browser_type_launch_args, "executable_path": chromium, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def base_url(live_server: Any) -> str:
    """`page.goto("/")` reaches the program itself; every browser test so has a server and a database."""
    return str(live_server.url)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
        "viewport": {"width": 1440, "height": 900},
    }


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """`picture(page, "overview")` saves FOLDER/overview.png under `--pictures=FOLDER`, else nothing."""
    folder = request.config.getoption("--pictures")

    def save(page: Any, name: str, **options: Any) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", **options)

    return save


@pytest.fixture(scope="session")
def pdf_engine() -> None:
    """Ask for it in a test that makes a PDF: skips where WeasyPrint's libraries are missing."""
    try:
        import weasyprint  # noqa: F401, PLC0415 -- loads pango, which not every machine has
    except OSError as error:
        missing(f"no PDF on this machine ({error}); Debian: {PDF_PACKAGES}")


PDF_PACKAGES = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig"


@pytest.fixture
def empty_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for it where only matters who gets a paper: everything happens but the drawing, which takes seconds and has
    tests of its own."""
    monkeypatch.setattr("communes.exporters.pdf._ask_child", lambda html, own: b"%PDF-1.7\n%%EOF\n")


@pytest.fixture(scope="session")
def _zeal_ready() -> None:
    """Zeal watches only after its app is ready; production does not install it, so it is woken here."""
    ZealConfig.create("zeal").ready()


@pytest.fixture
def no_n_plus_one(_zeal_ready: None) -> Iterator[None]:
    """Ask for it in a test of a page or a query: the same kind of row loaded one by one fails the test."""
    with zeal.zeal_context():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """PostgreSQL does not drop a database that a thread of the live server still holds: end such sessions first."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
