"""The way of a sheet: sent, matched, checked, mended, loaded, undone. What takes long is done by exchange.tasks."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from access.bulk import insert
from accounts.models import Membership
from audit.recording import record
from exchange import progress, undoing
from exchange.actions import Disturbed, Outcome, load
from exchange.faults import Faults
from exchange.models import Import, Mend, SheetFault
from exchange.sheets import cells, lines, matching, mending, reading, scope, warning, writing
from exchange.sheets.kinds import ASSIGNMENTS
from exchange.sheets.lines import Lines, Trouble
from exchange.sheets.packages import SheetPackage
from exchange.sheets.reading import Sheet, Unreadable
from files.intake import XLSX, Taken
from files.models import StoredFile
from guards.models import Assignment, Credential, Employment, Guard
from schools.models import School
from staffing.refusals import Refused

State, Work = Import.State, Import.Work
# How far each stage of a check or a load reaches, in percent: read, understood, asked whose the rows are, loaded; a
# check tries the loading, and where guards come to posts asks the law afterwards.
READ, UNDERSTOOD, ASKED, TRIED, DONE = 25, 45, 55, 75, 100
ASKED_BEFORE_UNDOING = 50


@transaction.atomic
def send(*, kind: str, file: Taken, by: Membership) -> Import:
    """The agency sends a sheet: it is kept as it came."""
    assert by.agency_id is not None
    one = Import.objects.create(
        agency_id=by.agency_id,
        kind=kind,
        file=StoredFile.objects.keep(file, by=by),
        language=translation.get_language() or "kk",
        sent_by=by,
    )
    record("sheet_sent", subjects=[one], by=by, kind=kind, file=file.name, digest=file.digest)
    return one


@transaction.atomic
def match(*, of: Import, names: Sequence[str], by: Membership) -> Import:
    """Say which column of the sheet is which; what was found so far is found anew. Raises Refused."""
    one = _before_loading(of)
    if absent := matching.missing(one.sheet_kind, names):
        heads = ", ".join(str(column.head) for column in one.sheet_kind.required if column.name in absent)
        raise Refused(_("No column was chosen for: %(columns)s.") % {"columns": heads})
    one.matching, one.state = list(names), State.UPLOADED
    one.save(update_fields=["matching", "state"])
    record("sheet_matched", subjects=[one], by=by, matching=one.matching)
    return one


@transaction.atomic
def mend(*, of: Import, file: Taken, by: Membership) -> Import:
    """Rows at fault come back mended. Raises Refused where the file is not the one that was given out."""
    one = _before_loading(of)
    try:
        mending.rows_of(reading.read(file.content, file.content_type), one.heads)
    except Unreadable as fault:
        raise Refused(str(fault), field="file") from fault
    Mend.objects.create(of=one, file=StoredFile.objects.keep(file, by=by))
    record("sheet_mended", subjects=[one], by=by, file=file.name, digest=file.digest)
    return one


def start(*, of: Import, work: str) -> None:
    """Take an import for a task, so that no two are at it. Raises Refused."""
    free = Import.objects.filter(pk=of.pk, state__in=BEFORE[Work(work)]).idle()
    if not free.update(work=work, work_since=timezone.now(), trouble=""):
        raise Refused(_("Something is being done with this file already. Wait until it is finished."))


BEFORE = {
    Work.CHECK: (State.UPLOADED, State.CHECKED),
    Work.LOAD: (State.CHECKED,),
    Work.UNDO: (State.LOADED,),
}


def check(*, of: Import) -> None:
    """Read the sheet and find every fault in it, as if it were loaded; nothing is stored in the register."""
    meter = progress.Meter(of)
    try:
        sheet = _sheet(of, meter)
        if of.heads != sheet.heads:
            of.heads, of.matching = sheet.heads, matching.matched(of.sheet_kind, sheet.heads)
            certain = matching.is_certain(of.sheet_kind, of.heads, of.matching)
        else:
            certain = not matching.missing(of.sheet_kind, of.matching)
        of.rows = len(sheet.rows)
        if certain:
            found = _lines(of, sheet, meter)
            _finish_check(of, sheet, found, _load(of, found, meter, dry_run=True), meter)
    except Unreadable as fault:
        of.trouble = str(fault)
    of.work = ""
    of.save()
    progress.forget(of)


def load_checked(*, of: Import, by: Membership) -> None:
    """Load all rows or, where anything is at fault by now, none. The register is asked anew: it may have changed."""
    meter = progress.Meter(of)
    sheet = _sheet(of, meter)
    found = _lines(of, sheet, meter)
    try:
        with transaction.atomic():
            outcome = _load(of, found, meter, by=by)
            if outcome.faults or found.troubles:
                _finish_check(of, sheet, found, outcome, meter)
            else:
                of.state, of.loaded_at = State.LOADED, timezone.now()
            of.work = ""
            of.save()
    except Disturbed:
        Import.objects.filter(pk=of.pk).update(
            work="", trouble=_("The register was changed by someone else meanwhile. Nothing was loaded. Load again.")
        )
    progress.forget(of)


@transaction.atomic
def undo(*, of: Import, by: Membership) -> None:
    """Take out exactly what the import brought in, unless something depends on it: then say what."""
    of.work = ""
    meter, records = progress.Meter(of), of.additions.count()
    if obstacles := undoing.obstacles(of, meter.stage(ASKED_BEFORE_UNDOING, records)):
        of.trouble = "\n".join(obstacles)
    else:
        concerned = _concerned(of)
        number = undoing.take_out(of, meter.stage(DONE, records))
        of.state, of.undone_at = State.UNDONE, timezone.now()
        record("sheet_undone", subjects=concerned, by=by, kind=of.kind, file=of.file.name, records=number)
    of.save()
    progress.forget(of)


def _concerned(of: Import) -> list[Any]:
    """Whom it concerns what a sheet brought in: the agency, the schools where its guards stand for it, or may, and the
    guards in the sheet of whom it changes something elsewhere too."""
    schools = School.objects.filter(contracts__agency=of.agency).distinct()
    return [of, of.agency, *schools.order_by("pk"), *_known_to_others(of).order_by("pk")]


def _known_to_others(of: Import) -> QuerySet[Guard]:
    """Whoever stands for another agency, and, where papers or employments were brought, whoever works or worked for
    one: it may be judged by his papers (docs/adr/0126)."""
    standing = Assignment.objects.holding().overlapping(timezone.localdate(), None).exclude(agency=of.agency)
    standing = standing.filter(guard__in=undoing.guards_of(of, *undoing.OF_A_GUARD))
    employed = Employment.objects.exclude(agency=of.agency)
    employed = employed.filter(guard__in=undoing.guards_of(of, Credential, Employment))
    elsewhere = standing.order_by().values("guard").union(employed.order_by().values("guard"))
    return Guard.objects.filter(pk__in=elsewhere)


def _before_loading(of: Import) -> Import:
    """The import as it is now, locked, while it can still be changed."""
    one = Import.objects.select_for_update().get(pk=of.pk)
    if one.state not in (State.UPLOADED, State.CHECKED):
        raise Refused(_("This file is in the register already."))
    if one.is_at_work:
        raise Refused(_("Something is being done with this file already. Wait until it is finished."))
    return one


def _content(file: StoredFile) -> bytes:
    with file.content.open("rb") as opened:
        return bytes(opened.read())


def _sheet(of: Import, meter: progress.Meter) -> Sheet:
    """The sheet as it was sent, with the rows that were mended since."""
    sheet = reading.read(_content(of.file), of.file.content_type, meter.stage(READ))
    for mended in of.mends.select_related("file"):
        rows = mending.rows_of(reading.read(_content(mended.file), mended.file.content_type), sheet.heads)
        mending.put_in(sheet, rows)
    return sheet


def _lines(of: Import, sheet: Sheet, meter: progress.Meter) -> Lines:
    columns = len(of.sheet_kind.columns)
    found = lines.of(sheet, of.sheet_kind, of.matching, of.agency, meter.stage(UNDERSTOOD, columns))
    meter.stage(ASKED)
    scope.check(found, of.agency)
    return found


def _load(
    of: Import, found: Lines, meter: progress.Meter, *, dry_run: bool = False, by: Membership | None = None
) -> Outcome:
    package = SheetPackage(of.file.name, found, of.agency)
    faults = Faults()
    if not dry_run:
        for trouble in found.troubles:
            faults.add(next(iter(package.sizes)), *trouble)
    return load(
        package=package,
        faults=faults,
        dry_run=dry_run,
        progress=meter.stage(TRIED if dry_run and _asks_the_law(of) else DONE, sum(package.sizes.values())),
        adding=lambda model, keys: undoing.note(of, model, keys),
        concerned=lambda: _concerned(of),
        by=by,
    )


def _finish_check(of: Import, sheet: Sheet, found: Lines, outcome: Outcome, meter: progress.Meter) -> None:
    troubles = _merged(of, found.troubles, outcome)
    warned = _warn(of, found, {trouble.row for trouble in troubles}, meter)
    SheetFault.objects.filter(of=of).delete()
    names = ("of_id", "row", "column", "sentence", "is_warning")
    insert(
        SheetFault, names, [(of.pk, *one, warns) for warns, many in ((False, troubles), (True, warned)) for one in many]
    )
    of.state, of.rows = State.CHECKED, len(found.numbers)
    of.rows_at_fault = len({trouble.row for trouble in troubles})
    of.rows_new = sum(tally.created for tally in outcome.tallies.values())
    of.to_mend = _to_mend(of, sheet, troubles) if troubles else None


def _warn(of: Import, found: Lines, faulty: set[int], meter: progress.Meter) -> list[Trouble]:
    """Whom the law would keep from the post that a sheet proposes him for."""
    if not _asks_the_law(of):
        return []
    warned = warning.warnings(found, of.agency, faulty, meter.stage(DONE, len(found.numbers)))
    of.rows_warned = len(warned)
    return warned


def _asks_the_law(of: Import) -> bool:
    return of.kind == ASSIGNMENTS.name


def _merged(of: Import, troubles: Sequence[Trouble], outcome: Outcome) -> list[Trouble]:
    """What the sheet itself says, and what loading found besides; of one cell the former, once."""
    known: dict[tuple[int, str], Trouble] = {}
    for trouble in troubles:
        known.setdefault((trouble.row, trouble.column), trouble)
    for fault in outcome.faults:
        column = fault.column if fault.column in of.sheet_kind.names else ""
        known.setdefault((fault.line, column), Trouble(fault.line, column, fault.sentence))
    order = {name: place for place, name in enumerate(of.matching)}
    return sorted(known.values(), key=lambda one: (one.row, order.get(one.column, -1), one.column))


def _to_mend(of: Import, sheet: Sheet, troubles: Sequence[Trouble]) -> StoredFile:
    places = {name: place for place, name in enumerate(of.matching) if name}
    by_row: dict[int, list[Trouble]] = {}
    for trouble in troubles:
        by_row.setdefault(trouble.row, []).append(trouble)
    width = len(sheet.heads)
    rows = (
        (
            row,
            [cells.shown(cell) for cell in sheet.rows.get(row, ())][:width],
            {places[one.column] for one in found if one.column in places},
            " ".join(f"{of.head_of(one.column)}: {one.sentence}" if one.column else one.sentence for one in found),
        )
        for row, found in by_row.items()
    )
    content = writing.rows_to_mend(sheet.heads, rows)
    return StoredFile.objects.keep(Taken(content, XLSX, _("rows-to-mend") + ".xlsx"), by=of.sent_by)
