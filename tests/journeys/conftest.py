"""What a journey gets: the demo district, people who walk in, and a watch over the browser's complaints."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from accounts.models import Person
from tests.journeys.district import Kept

# A save that meets another's, a number that is none, an ended session, a neighbour's page: answers, not mistakes.
EXPECTED = {401, 403, 404, 409, 422}
# Journeys that touch what engines do differently (locks, races, types) are walked on both; looks are looked at once.
ON_BOTH_ENGINES = {"test_the_main_job.py", "test_two_windows.py", "test_returned.py"}
REPORT_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});"""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if config.getoption("--db") == "sqlite" or not collection_path.name.startswith("test_"):
        return None
    return True if collection_path.name not in ON_BOTH_ENGINES else None


@pytest.fixture(scope="session")
def kept_district(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    with django_db_blocker.unblock():
        return Kept(tmp_path_factory.mktemp("district"))


@pytest.fixture
def district(transactional_db: None, kept_district: Kept) -> None:
    """Kỳ Anh as `manage.py demo` makes it, in the database of this test."""
    kept_district.put_back()


class Complaints(list[str]):
    """What the browser found wrong while a test ran."""

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.append(f"{page.url}: {error}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # The browser's own line about a status is judged by the response itself.
        if message.type == "error" and "Failed to load resource" not in message.text and not _is_status(message.text):
            self.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _response(self, response: Response) -> None:
        is_page = response.request.resource_type in {"document", "xhr", "fetch"}
        if response.status >= 500 or (response.status >= 400 and not (is_page and response.status in EXPECTED)):
            self.append(f"{response.status} {response.url}")


def _is_status(text: str) -> bool:
    """htmx logs every answer that is no success."""
    return any(f"Response Status Error Code {status} " in text for status in EXPECTED)


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    heard = Complaints()
    yield heard
    assert not heard, "\n".join(heard)


@pytest.fixture
def window(
    live_server: Any, district: None, new_context: Callable[..., BrowserContext], complaints: Complaints
) -> Callable[..., Page]:
    """`window()` opens a browser of its own at the login page; options as of a browser context."""

    def open_window(**options: Any) -> Page:
        context = new_context(**options)
        context.set_default_timeout(10_000)
        if options.get("java_script_enabled", True):
            context.add_init_script(REPORT_VIOLATIONS)
        page = context.new_page()
        complaints.listen(page)
        return page

    return open_window


@pytest.fixture
def enter(window: Callable[..., Page], live_server: Any) -> Callable[..., Page]:
    """`enter("xa.kyphu")`: that person's own browser, logged in (the login form has its own journey)."""

    def logged_in(username: str, **options: Any) -> Page:
        page = window(**options)
        page.context.add_cookies([cookie_of(username, live_server.url)])
        return page

    return logged_in


def cookie_of(username: str, url: str) -> Any:
    client = Client()
    client.force_login(Person.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
