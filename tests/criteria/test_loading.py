"""Loading the library: twice changes nothing, a broken file loads nothing, what the office entered is never touched."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import HistoryEntry
from criteria.actions.loading import MeasureChangedKind, load_library
from criteria.models import CriteriaSet, LibraryState, LocalThreshold, Measure, Threshold
from criteria.queries import base_quantities, books_in_force, local_thresholds, measure_of, rulebook_of
from criteria.rules.library import Library, read_library
from criteria.rules.rulebook import Part, Rulebook
from criteria.rules.thresholds import Place, resolve
from criteria.rules.vocabulary import CheckState, Kind
from tests.makers import START, TODAY, XA, XA_NC, YEAR, make_person

pytestmark = pytest.mark.django_db
SHIPPED = settings.BASE_DIR / "criteria" / "data"


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(SHIPPED)


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row that loading may write, with its key: a row written anew would show."""
    return {
        model.__name__: sorted(model.objects.values_list(), key=str)
        for model in (CriteriaSet, Measure, Threshold, LibraryState)
        if model is not LibraryState
    }


def with_number(library: Library, family: str, code: str, value: Decimal) -> Library:
    """The same library with the first threshold of one indicator corrected."""

    def mended(part: Part) -> Part:
        return replace(part, thresholds=(replace(part.thresholds[0], value=value), *part.thresholds[1:]))

    def of(book: Rulebook) -> Rulebook:
        if book.family != family:
            return book
        criteria = tuple(
            replace(c, indicators=tuple(
                replace(i, parts=tuple(map(mended, i.parts))) if i.code == code else i for i in c.indicators
            ))
            for c in book.criteria
        )  # fmt: skip
        return replace(book, criteria=criteria)

    return replace(library, rulebooks=tuple(map(of, library.rulebooks)))


def enter(family: str, item: str, value: str, *, is_check: bool = False) -> LocalThreshold:
    person = make_person(username=f"vp{item}", full_name="Văn phòng")
    return LocalThreshold.objects.create(
        family=family, item=item, unit="447", value=value, is_check=is_check, document="12/QĐ-UBND", by=person,
        on=TODAY, at="2023-10-15T08:00:00+07:00",
    )  # fmt: skip


def test_what_is_read_back_from_rows_is_what_the_files_say(library: Library) -> None:
    load_library(library=library, on=START)
    read = {row.family: rulebook_of(row) for row in CriteriaSet.objects.all()}
    assert read == {book.family: book for book in library.rulebooks}


def test_base_quantities_and_denominators_become_rows(library: Library) -> None:
    load_library(library=library, on=START)
    assert [row.code for row in base_quantities()] == [quantity.code for quantity in library.base_quantities]
    assert Measure.objects.get(code="bhyt").denominator == "population"
    assert measure_of(Measure.objects.get(code="bhyt")) == library.measure_by_code["bhyt"]


def test_a_denominator_that_the_library_gains_reaches_the_sets_in_memory(library: Library) -> None:
    """Rulebooks are kept by their digest: a new denominator must be a new content."""
    without = replace(
        library, measures=tuple(replace(measure, denominator="") for measure in library.measures),
        rulebooks=tuple(map(_without_denominators, library.rulebooks)),
    )  # fmt: skip
    load_library(library=without, on=START)
    assert rulebook_of(CriteriaSet.objects.get(family=XA)).measures["bhyt"].denominator == ""
    load_library(library=library, on=START)
    assert rulebook_of(CriteriaSet.objects.get(family=XA)).measures["bhyt"].denominator == "population"


def _without_denominators(book: Rulebook) -> Rulebook:
    def of(part: Part) -> Part:
        return replace(part, measure=replace(part.measure, denominator=""))

    criteria = tuple(
        replace(c, indicators=tuple(replace(i, parts=tuple(map(of, i.parts))) for i in c.indicators))
        for c in book.criteria
    )
    return replace(book, criteria=criteria)


def test_loading_twice_changes_nothing(library: Library) -> None:
    first = load_library(library=library, on=START)
    before = rows()
    second = load_library(library=library, on=TODAY)
    assert len(first.new) == 6 and not first.replaced
    assert (second.new, second.replaced) == ((), ()) and len(second.unchanged) == 6
    assert rows() == before
    assert HistoryEntry.objects.filter(act="library.load").count() == 1


def test_a_corrected_version_replaces_its_rows_and_no_others(library: Library) -> None:
    load_library(library=library, on=START)
    kept = CriteriaSet.objects.get(family=XA_NC).pk
    loaded = load_library(library=with_number(library, XA, "15.1", Decimal(91)), on=TODAY)
    assert loaded.replaced == ("Xã NTM (318/QĐ-TTg)",) and len(loaded.unchanged) == 5
    assert CriteriaSet.objects.get(family=XA_NC).pk == kept
    book = books_in_force(TODAY).book(XA)
    assert book.indicators["15.1"].parts[0].thresholds[0].value == Decimal(91)
    assert "thay nội dung Xã NTM" in HistoryEntry.objects.filter(act="library.load").first().sentence


def test_loading_never_touches_what_the_office_entered(library: Library) -> None:
    load_library(library=library, on=START)
    entry, check = enter(XA, "13.1", "1"), enter(XA, "15.1", "90", is_check=True)
    before = list(LocalThreshold.objects.values_list())
    load_library(library=with_number(library, XA, "15.1", Decimal(91)), on=TODAY)
    assert list(LocalThreshold.objects.values_list()) == before
    assert {entry.pk, check.pk} == set(LocalThreshold.objects.values_list("pk", flat=True))


def test_a_check_lapses_when_the_number_it_confirmed_changes(library: Library) -> None:
    load_library(library=library, on=START)
    enter(XA, "15.1", "90", is_check=True)
    assert bound_of("15.1").check is CheckState.CHECKED
    load_library(library=with_number(library, XA, "15.1", Decimal(91)), on=TODAY)
    assert bound_of("15.1").check is CheckState.UNCHECKED


def bound_of(item: str):
    books = books_in_force(TODAY)
    local = local_thresholds(books, ["447"], TODAY)
    return resolve(books.book(XA), Place(("447",), "bac_trung_bo"), YEAR, local.get(XA, ()))[item, ""]


def test_a_measure_that_changes_its_kind_is_refused_and_nothing_is_written(library: Library) -> None:
    load_library(library=library, on=START)
    before = rows()
    measures = tuple(
        replace(m, kind=Kind.COUNT) if m.code == "bhyt" else replace(m, name=f"{m.name} (mới)")
        for m in library.measures
    )
    with pytest.raises(MeasureChangedKind, match="bhyt"):
        load_library(library=replace(library, measures=measures), on=TODAY)
    assert rows() == before


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "data"))


def load(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("load_criteria", f"--folder={folder}", *options, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_did(folder: Path) -> None:
    assert load(folder) == "Bộ tiêu chí: 6 mới; 0 thay; 0 không đổi.\n"
    assert load(folder) == "Bộ tiêu chí: 0 mới; 0 thay; 6 không đổi.\n"


def test_checking_alone_loads_nothing(folder: Path) -> None:
    assert "Thư viện đúng: 6 bộ" in load(folder, "--check")
    assert not CriteriaSet.objects.exists()


def test_a_broken_file_names_file_line_and_remedy_and_loads_nothing(folder: Path) -> None:
    load(folder)
    before = rows()
    broken = folder / "xa_ntm_2021_2025.yaml"
    lines = broken.read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines) if line.strip() == "minimum: 90")
    lines[number] = lines[number].replace("90", "9O")
    broken.write_text("\n".join(lines), encoding="utf-8")
    other = folder / "measures.yaml"
    other.write_text(other.read_text(encoding="utf-8").replace("name: ", "name: Bản mới của ", 1), encoding="utf-8")
    with pytest.raises(CommandError) as raised:
        load(folder)
    assert f"xa_ntm_2021_2025.yaml dòng {number + 1}" in str(raised.value) and "Cách sửa" in str(raised.value)
    assert rows() == before
