"""A proof, and a clause by two versions, to show in the styleguide: invented, as a presenter would tell them."""

from datetime import date

from django.utils.translation import gettext as _

from compliance.models import Clause as ClauseNumber
from compliance.models import ClauseVersion, Finding
from desks import formats
from desks.clauses import Change, compare
from desks.components import Entry
from desks.pictures import claim
from desks.proof.base import Cell, Clause, EvidenceTable, Head, Line, Proof
from desks.recurrence import Kin, Kindred
from desks.styleguide.samples import NAMES

DAY = date(2026, 11, 24)


def sample() -> Proof:
    """A finding of turnover, with every kind of line and cell."""
    return Proof(
        finding=Finding(opened_on=DAY),
        title=_("Turnover"),
        status=("established", _("Established")),
        day=DAY,
        sentence=_("The limit is breached."),
        lines=[
            Line(_("Average headcount"), "1\N{NO-BREAK SPACE}785 ÷ 365", formats.number(4.89, 2)),
            Line(_("Turnover"), f"7 ÷ {formats.number(4.89, 2)} × 100", formats.percent(143.1, 1)),
            Line(_("Provisional leaves counted too"), "", formats.percent(163.6, 1), beside=True),
        ],
        verdict=f"{formats.number(57.5, 1)} > 50",
        clause=Clause("12", "", 3, "policy", _("The limit is breached."), "", "", date(2026, 7, 1)),
        tables=[_table()],
        ribbon=None,
        claim=claim.lay_out(1203, 1121, 23),
        trend=None,
        cure="",
        today=_("The limit is near."),
        entries=[Entry(DAY, "established", _("The limit is breached."))],
    )


def kin() -> Kin:
    """The same matter found before and again."""
    before = Finding(pk=12, opened_on=date(2026, 2, 3), closed_on=date(2026, 5, 20), strength="indicated")
    after = Finding(pk=31, opened_on=DAY, strength="established")
    status = ("established", _("Established"))
    return Kin(Kindred(before, "#proof", status, ""), Kindred(after, "#proof", status, ""))


def change() -> Change:
    """A clause on turnover whose limit falls and whose text says so."""
    said = {"mark": "policy", "rule": "turnover_limit", "link": "https://adilet.zan.kz/"}
    before, after = (
        ClauseVersion(
            **said,
            parameters={"level": "school", "threshold_percent": limit, "excused": excused},
            text_ru=str(NAMES["clause"]).format(limit),
        )
        for limit, excused in ((50, ["illness", "retired", "school_request"]), (40, ["illness", "retired"]))
    )
    return compare(ClauseNumber(number="12"), before, after)


def _table() -> EvidenceTable:
    heads = [Head(_("Guard")), Head(_("Days"), number=True), Head(_("Papers")), Head(_("Counts"))]
    row = [
        Cell(NAMES["rows"][0], "99••••••0006", name=True),
        Cell("433"),
        Cell(_("In order"), shape="ok"),
        Cell(_("yes"), sign="left"),
    ]
    total = [Cell(_("Together")), Cell("433"), Cell(""), Cell("")]
    return EvidenceTable(_("Rows of the calculation"), "", heads, [row], total)
