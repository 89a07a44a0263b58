"""The child that draws a PDF, in a process of its own with limits: run by `pdf`.

    python draw_pdf.py SECONDS MEMORY < html > pdf

No Django, no settings: only the HTML on standard input and the project's own static files, nothing else of this machine
and no address. It may crash, be killed, run out of memory or time: the parent turns every end of it into a sentence.
The last word on standard error says why, see `pdf.SENTENCES`.
"""

import contextlib
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

try:
    import resource
except ImportError:  # Windows: the parent's clock is the limit there
    resource = None  # type: ignore[assignment]

STATIC = Path(__file__).resolve().parents[2] / "static"
STYLES = STATIC / "css" / "paper.css"
# Fonts are written to files of the child's own folder while it draws; nothing larger than this is.
LARGEST_FILE = 64 * 1024 * 1024

NO_LIBRARY, TOO_LARGE = "no-library", "too-large"


class RefusedAddress(ValueError):
    """A paper asked for something that is not a static file of the project."""


def limit(seconds: int, memory: int) -> None:
    limits = {"RLIMIT_AS": memory, "RLIMIT_CPU": seconds, "RLIMIT_CORE": 0, "RLIMIT_FSIZE": LARGEST_FILE}
    for name, most in limits.items() if resource is not None else ():
        with contextlib.suppress(AttributeError, ValueError, OSError):  # macOS knows not all of them
            resource.setrlimit(getattr(resource, name), (most, most))


def draw(html: str) -> bytes:
    """HTML to a tagged PDF with embedded fonts, in the styles of official papers. Whatever the HTML asks for from
    elsewhere is left out. Raises OSError where the native libraries are missing."""
    import weasyprint  # noqa: PLC0415 - loads pango, which not every machine has
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    class StaticFilesOnly(weasyprint.URLFetcher):
        """The default one would read internal addresses and local files."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            return weasyprint.urls.URLFetcherResponse(url, static_file(url).read_bytes())

    fetcher, fonts = StaticFilesOnly(), FontConfiguration()
    styles = weasyprint.CSS(
        string=STYLES.read_text(encoding="utf-8"), base_url=STYLES.as_uri(), url_fetcher=fetcher, font_config=fonts
    )
    paper = weasyprint.HTML(string=html, base_url=None, url_fetcher=fetcher)
    made: bytes = paper.write_pdf(stylesheets=[styles], font_config=fonts, pdf_tags=True)
    return made


def static_file(url: str) -> Path:
    """The static file behind a file: address. Raises RefusedAddress for every other address."""
    parts = urlsplit(url)
    path = Path(unquote(parts.path)).resolve()
    if parts.scheme != "file" or parts.netloc or not path.is_relative_to(STATIC.resolve()) or not path.is_file():
        raise RefusedAddress(f"not a static file of the project: {url[:200]}")
    return path


def has_libraries() -> bool:
    try:
        import weasyprint  # noqa: F401, PLC0415 - loads pango
    except OSError:
        return False
    return True


def main() -> str | None:
    limit(int(sys.argv[1]), int(sys.argv[2]))
    try:
        if not has_libraries():
            return NO_LIBRARY
        sys.stdout.buffer.write(draw(sys.stdin.buffer.read().decode()))
    except MemoryError:
        return TOO_LARGE
    return None


if __name__ == "__main__":
    sys.exit(main())
