"""The child that opens PDFs and pictures, in a process of its own with limits: run by `previews`, imported by nobody.

    python render_page.py look|picture pdf|image PAGE < document > answer

`look` answers the number of pages, `picture` a JPEG of that page (from 1). No Django, no settings, no path of the
installation: only what arrives on standard input. It may crash, be killed, run out of memory or time: the parent turns
every end of it into a sentence. The last word on standard error says why, see `previews.SENTENCES`.
"""

import contextlib
import io
import sys
import warnings

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

try:
    import resource
except ImportError:  # Windows: the parent's clock is the limit there
    resource = None  # type: ignore[assignment]

WIDTH, HEIGHT = 1100, 3300
QUALITY = 82
# A phone of today takes 50 million pixels, a scanner at 600 dpi 70 million on A3; each costs four bytes.
MAX_PIXELS = 80_000_000
MEMORY = 1024 * 1024 * 1024
SECONDS = 20

ENCRYPTED, DAMAGED, TOO_LARGE, NO_SUCH_PAGE = "encrypted", "damaged", "too-large", "no-such-page"


class Ended(Exception):
    """Carries the word that says why."""


def limit() -> None:
    limits = {"RLIMIT_AS": MEMORY, "RLIMIT_CPU": SECONDS, "RLIMIT_CORE": 0, "RLIMIT_FSIZE": 0}
    for name, most in limits.items() if resource is not None else ():
        with contextlib.suppress(AttributeError, ValueError, OSError):  # macOS knows not all of them
            resource.setrlimit(getattr(resource, name), (most, most))


def open_pdf(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as problem:
        raise Ended(ENCRYPTED if "password" in str(problem).lower() else DAMAGED) from problem


def pdf_page(data: bytes, number: int) -> Image.Image:
    document = open_pdf(data)
    if not 1 <= number <= len(document):
        raise Ended(NO_SUCH_PAGE)
    try:
        page = document[number - 1]
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            raise Ended(DAMAGED)
        # A page may claim any size: the picture's size is ours, whatever it claims.
        scale = min(WIDTH / width, HEIGHT / height)
        if min(width, height) * scale < 1:
            raise Ended(TOO_LARGE)
        return page.render(scale=scale).to_pil()
    except pypdfium2.PdfiumError as problem:
        raise Ended(DAMAGED) from problem


def open_image(data: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"])
        if image.width * image.height > MAX_PIXELS:
            raise Ended(TOO_LARGE)
        image.draft("RGB", (WIDTH, WIDTH))  # a JPEG is read small at once
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise Ended(TOO_LARGE) from problem
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as problem:
        raise Ended(DAMAGED) from problem
    return image


def upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held, small, on white, and without anything but its pixels (place, camera, remarks)."""
    image.thumbnail((max(WIDTH, HEIGHT),) * 2)
    image = ImageOps.exif_transpose(image)
    image.thumbnail((WIDTH, HEIGHT))
    image = image.convert("RGBA") if "A" in image.getbands() or "transparency" in image.info else image.convert("RGB")
    bare = Image.new("RGB", image.size, "white")
    bare.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return bare


def as_jpeg(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.convert("RGB").save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def answer(job: str, kind: str, page: int, data: bytes) -> bytes:
    if kind == "pdf":
        return str(len(open_pdf(data))).encode() if job == "look" else as_jpeg(pdf_page(data, page))
    if page != 1:
        raise Ended(NO_SUCH_PAGE)
    image = open_image(data)
    return b"1" if job == "look" else as_jpeg(upright(image))


def main() -> str | None:
    limit()
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        sys.stdout.buffer.write(answer(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.stdin.buffer.read()))
    except Ended as ended:
        return str(ended)
    except MemoryError:
        return TOO_LARGE
    return None


if __name__ == "__main__":
    sys.exit(main())
