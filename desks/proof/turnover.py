"""Proof of turnover over its limit: the arithmetic, who stood at the doors, and every spell that was counted."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.intervals import poisson_bounds
from compliance.models import Finding
from compliance.reports import report
from desks import formats
from desks.pictures import claim as claims
from desks.pictures import ribbon as ribbons
from desks.pictures.trend import Trend
from desks.proof import doors
from desks.proof.base import (
    Cell,
    EvidenceTable,
    Head,
    Line,
    Names,
    Presenter,
    as_day,
    certain_day,
)
from desks.trends import owner_trend
from guards.models import Presence
from schools.identifiers import masked

Spell = dict[str, Any]
Row = dict[str, Any]

NAMED_AT_MOST = 3
"""How many leavers a line of the arithmetic names; more stand in the rows below it."""
MINUS = f" {formats.MINUS} "
LEAVE_ORDER = ("left", "provisional", "excused", "")
LEADING_DAYS = timedelta(days=45)
"""How much of the time before the window the ribbon shows."""

NEXT = {
    "moved": gettext_lazy("to another school of the same agency"),
    "kept": gettext_lazy("stayed at the school with another agency"),
    "left": gettext_lazy("left"),
}


class TurnoverProof(Presenter):
    """Evidence of `turnover_limit`, at the level of a school, of an agency at a school, or of a whole agency."""

    code = "turnover_limit"

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.spells: list[Spell] = sorted(
            (spell for spell in self.evidence["spells"] if spell["days_in_window"] > 0),
            key=lambda spell: (LEAVE_ORDER.index(spell["leave"]), spell["last_day"] or "9999", spell["first_day"]),
        )
        self.rows: list[Row] = self.evidence["rows"]

    @cached_property
    def names(self) -> Names:
        """The names of everyone and everything in the rows."""
        return Names(
            guards={row["iin"] for row in [*self.rows, *self.spells]},
            posts={row["post_id"] for row in self.rows},
            schools={spell["school_id"] for spell in self.spells},
            agencies={row["agency_bin"] for row in self.rows},
        )

    @property
    def window(self) -> tuple[date, date]:
        first, last = self.evidence["window"]
        return certain_day(first), certain_day(last)

    @property
    def is_established(self) -> bool:
        return self.finding.strength == Finding.Strength.ESTABLISHED

    @property
    def of_whole_agency(self) -> bool:
        return bool(self.evidence["level"] == "agency")

    # What was found, in a sentence

    @property
    def place(self) -> str:
        """Whose turnover: the school, the agency at the school, the agency."""
        school, agency = self.finding.school, self.finding.agency
        if school and agency:
            return _("%(agency)s at %(school)s") % {"agency": agency.name, "school": school.name}
        return str(school or agency)

    def sentence(self) -> str:
        found = self.evidence
        left = ngettext(
            "%(place)s: in %(days)s %(count)s guard left for good (leaves in all %(gross)s, without excused ones "
            "%(net)s) at an average headcount of %(headcount)s.",
            "%(place)s: in %(days)s %(count)s guards left for good (leaves in all %(gross)s, without excused ones "
            "%(net)s) at an average headcount of %(headcount)s.",
            found["settled_left"],
        ) % {
            "place": self.place,
            "days": formats.days(found["window_days"]),
            "count": formats.number(found["settled_left"]),
            "net": formats.number(found["net_left"]),
            "gross": formats.number(found["gross_left"]),
            "headcount": formats.number(found["average_headcount"], self._places_of_sentence),
        }
        if self.is_established:
            judged = _(
                "That is %(rate)s a year against a limit of %(limit)s, and chance does not explain it: "
                "the lower bound is %(low)s."
            )
        else:
            judged = _(
                "That is %(rate)s a year against a limit of %(limit)s, but chance could explain it: "
                "the lower bound is %(low)s."
            )
        values = {
            "rate": formats.percent(found["settled_rate"]),
            "limit": formats.percent(found["threshold_percent"]),
            "low": formats.percent(found["settled_low"], 1),
        }
        return f"{left} {judged % values}"

    # The arithmetic

    def lines(self) -> list[Line]:
        found = self.evidence
        lines = [
            Line(_("Window"), formats.day_range(*self.window), formats.days(found["window_days"])),
            Line(
                _("Days of service that the school confirmed"),
                self._service_words(),
                formats.number(found["person_days"]),
            ),
            Line(
                _("Average headcount"),
                f"{formats.number(found['person_days'])} ÷ {formats.number(found['window_days'])}",
                self._headcount,
            ),
            Line(_("Left"), _("spells whose last day lies in the window"), formats.number(found["gross_left"])),
        ]
        if found["excused_left"]:
            value = f"{formats.MINUS} {formats.number(found['excused_left'])}"
            lines.append(Line(_("of them with an excused reason"), self._excused_words(), value))
        if found["provisional_left"]:
            value = f"{formats.MINUS} {formats.number(found['provisional_left'])}"
            lines.append(Line(_("of them provisional"), self._provisional_words(), value))
        lines.append(Line(_("Leaves that count"), self._counted_words(), formats.number(found["settled_left"])))
        lines.append(Line(_("Turnover"), self._rate_words(found["settled_left"]), self._a_year("settled_rate")))
        if found["provisional_left"]:
            lines.append(
                Line(
                    _("Provisional leaves counted too"),
                    self._rate_words(found["net_left"]),
                    self._a_year("rate"),
                    beside=True,
                )
            )
        return [*lines, *self._judging_lines()]

    def _judging_lines(self) -> list[Line]:
        found = self.evidence
        low, high = self._bounds
        bounds = _("%(low)s … %(high)s leaves ÷ %(headcount)s") % {
            "low": formats.number(low, self._places),
            "high": formats.number(high, self._places),
            "headcount": self._headcount,
        }
        least = ngettext(
            "judged from %(count)s counted leave on", "judged from %(count)s counted leaves on", found["min_left"]
        ) % {"count": formats.number(found["min_left"])}
        return [
            Line(
                _("Interval %(confidence)s, exact (Garwood)")
                % {"confidence": formats.percent(100 * found["confidence"])},
                bounds + self._yearly,
                f"{formats.number_range(found['settled_low'], found['settled_high'], 1)}{formats.NO_BREAK}%",
            ),
            Line(_("Limit, %(clause)s") % {"clause": self.clause.name}, least, self._limit),
        ]

    def _service_words(self) -> str:
        spells = ngettext("%(count)s spell", "%(count)s spells", len(self.spells)) % {
            "count": formats.number(len(self.spells))
        }
        guards = self.evidence["distinct_guards"]
        faces = ngettext("%(count)s face with relief", "%(count)s faces with relief", guards) % {
            "count": formats.number(guards)
        }
        return _("%(spells)s, %(faces)s; rows below") % {"spells": spells, "faces": faces}

    def _excused_words(self) -> str:
        return self._named("excused", lambda spell: _("%(name)s: %(reason)s, cause accepted") % {
            "name": self.names.guard(spell["iin"]),
            "reason": doors.reason_words(spell["end_reason"]),
        })  # fmt: skip

    def _provisional_words(self) -> str:
        return self._named("provisional", lambda spell: _("%(name)s: %(passed)s open days passed of %(gap)s") % {
            "name": self.names.guard(spell["iin"]),
            "passed": formats.number(spell["open_days_since"]),
            "gap": formats.number(self.evidence["gap_open_days"]),
        })  # fmt: skip

    def _named(self, leave: str, words: Any) -> str:
        those = [spell for spell in self.spells if spell["leave"] == leave]
        return _("rows below") if len(those) > NAMED_AT_MOST else "; ".join(words(spell) for spell in those)

    def _counted_words(self) -> str:
        parts = [self.evidence[name] for name in ("gross_left", "excused_left", "provisional_left")]
        return MINUS.join(formats.number(part) for at, part in enumerate(parts) if part or not at)

    def _rate_words(self, leaves: int) -> str:
        return f"{formats.number(leaves)} ÷ {self._headcount}{self._yearly}"

    @property
    def _headcount(self) -> str:
        return formats.number(self.evidence["average_headcount"], self._places)

    @cached_property
    def _bounds(self) -> tuple[float, float]:
        """The least and the greatest number of leaves that chance could make of as many as were counted."""
        low, high = poisson_bounds(self.evidence["settled_left"], self.evidence["confidence"])
        return float(low), float(high)

    @cached_property
    def _places(self) -> int:
        """With how many decimals the parts of the arithmetic are shown: so many that each rate follows from them."""
        found = self.evidence
        made_of: list[tuple[float, float]] = [
            (found["settled_left"], found["settled_rate"]),
            *zip(self._bounds, (found["settled_low"], found["settled_high"]), strict=True),
        ]
        if found["provisional_left"]:
            made_of.append((found["net_left"], found["rate"]))
        return formats.enough_places(lambda places: all(self._follows(*one, places) for one in made_of))

    @property
    def _places_of_sentence(self) -> int:
        """The same for the sentence, which rounds its rate to whole percents."""
        parts = self.evidence["settled_left"], self.evidence["settled_rate"]
        return formats.enough_places(lambda places: self._follows(*parts, places, of_rate=0))

    def _follows(self, leaves: float, rate: float, places: int, *, of_rate: int = 1) -> bool:
        """Whether a rate, as it is shown, follows from its parts as they would be shown."""
        headcount = formats.rounded(self.evidence["average_headcount"], places)
        if not headcount:
            return False
        computed = formats.rounded(leaves, places) / headcount * 100 * 365 / self.evidence["window_days"]
        return formats.rounded(computed, of_rate) == formats.rounded(rate, of_rate)

    @property
    def _yearly(self) -> str:
        """What makes a yearly percentage of leaves by headcount."""
        days = self.evidence["window_days"]
        return " × 100" if days == 365 else f" × 100 × 365 ÷ {formats.number(days)}"

    @property
    def _limit(self) -> str:
        return formats.percent(self.evidence["threshold_percent"])

    def _a_year(self, figure: str) -> str:
        return _("%(rate)s a year") % {"rate": formats.percent(self.evidence[figure], 1)}

    def verdict(self) -> str:
        values = {
            "low": formats.number(self.evidence["settled_low"], 1),
            "rate": formats.number(self.evidence["settled_rate"], 1),
            "limit": formats.number(self.evidence["threshold_percent"]),
        }
        if self.is_established:
            return _("The lower bound is above the limit: %(low)s > %(limit)s") % values
        return (
            _("The rate is above the limit, %(rate)s > %(limit)s; the lower bound is not, %(low)s ≤ %(limit)s") % values
        )

    # The rows

    def tables(self) -> list[EvidenceTable]:
        heads = [
            Head(_("Guard")),
            Head(_("School") if self.of_whole_agency else _("Post")),
            Head(_("First day")),
            Head(_("Last day")),
            Head(_("Days in the window"), number=True),
            Head(_("Reason")),
            Head(_("What next")),
            Head(_("Counts")),
        ]
        total = ["", "", "", formats.number(self.evidence["person_days"]), "", "", ""]
        leaves = self.evidence["gross_left"]
        note = ngettext("%(count)s leave in the window", "%(count)s leaves in the window", leaves)
        return [
            EvidenceTable(
                title=_("Rows of the calculation"),
                note=note % {"count": formats.number(leaves)},
                heads=heads,
                rows=[self._spell_cells(spell) for spell in self.spells],
                total=[Cell(_("Together")), *(Cell(text) for text in total)],
            )
        ]

    def _spell_cells(self, spell: Spell) -> list[Cell]:
        return [
            Cell(self.names.guard(spell["iin"]), masked(spell["iin"]), name=True),
            Cell(self._where(spell)),
            Cell(formats.day(as_day(spell["first_day"]))),
            Cell(formats.day(as_day(spell["last_day"])) if spell["last_day"] else _("still serving")),
            Cell(formats.number(spell["days_in_window"])),
            Cell(doors.reason_words(spell["end_reason"]) if spell["leave"] else formats.UNKNOWN),
            Cell(self._next(spell)),
            self._counts(spell),
        ]

    def _where(self, spell: Spell) -> str:
        if self.of_whole_agency:
            return self.names.school(spell["school_id"])
        return ", ".join(dict.fromkeys(self.names.post(row["post_id"]) for row in self._rows_of(spell)))

    def _rows_of(self, spell: Spell) -> list[Row]:
        """The regular rows that make up a spell."""
        return [
            row
            for row in self.rows
            if row["iin"] == spell["iin"] and row["kind"] == "regular" and self._same_place(row, spell)
            and row["first_day"] >= spell["first_day"] and row["first_day"] <= (spell["last_day"] or "9999")
        ]  # fmt: skip

    def _same_place(self, row: Row, spell: Spell) -> bool:
        if not self.of_whole_agency:
            return True
        post = self.names.posts.get(row["post_id"])
        return post is not None and post.school_id == getattr(self.names.schools.get(spell["school_id"]), "pk", None)

    def _next(self, spell: Spell) -> str:
        if not spell["leave"]:
            return formats.UNKNOWN
        if spell["leave"] == "provisional" and spell["next"] == "left":
            return _("not known yet")
        return str(NEXT[spell["next"]])

    def _counts(self, spell: Spell) -> Cell:
        if spell["leave"] == "left":
            return Cell(_("yes"), sign="left")
        if spell["leave"] == "excused":
            return Cell(_("no, excused"), sign="excused")
        if spell["leave"] == "provisional":
            return Cell(_("provisional"), sign="provisional")
        last = as_day(spell["last_day"])
        return Cell(_("no, serving") if last is None or last > self.day else _("no"))

    def columns(self) -> list[str]:
        return [
            "assignment_id", "guard_no", "iin_masked", "post_id", "agency_bin", "kind", "first_day", "last_day",
            "end_reason", "cause_accepted", "confirmed_on", "spell_no", "spell_first_day", "spell_last_day",
            "spell_days_in_window", "leave", "open_days_since", "next",
        ]  # fmt: skip

    def records(self) -> list[list[Any]]:
        """A row for each assignment. `guard_no` tells apart guards whose masked numbers are alike."""
        guards = {iin: at for at, iin in enumerate(dict.fromkeys(row["iin"] for row in self.rows), start=1)}
        spell_of = {
            row["assignment_id"]: (at, spell)
            for at, spell in enumerate(self.spells, start=1)
            for row in self._rows_of(spell)
        }
        return [
            self._record(row, guards[row["iin"]], *spell_of.get(row["assignment_id"], (None, None)))
            for row in self.rows
        ]

    def _record(self, row: Row, guard: int, number: int | None, spell: Spell | None) -> list[Any]:
        fields = ("post_id", "agency_bin", "kind", "first_day", "last_day", "end_reason")
        of_spell = ("first_day", "last_day", "days_in_window", "leave", "open_days_since", "next")
        return [
            row["assignment_id"], guard, masked(row["iin"]), *(row[name] for name in fields),
            int(row["cause_accepted"]), row["confirmed_on"], number,
            *((spell[name] for name in of_spell) if spell else [None] * len(of_spell)),
        ]  # fmt: skip

    # The pictures

    def ribbon(self, width: int) -> ribbons.Ribbon | None:
        """Who stood at the doors of the one school, as judged. A whole agency has too many doors for a picture."""
        if self.of_whole_agency:
            return None
        first, last = self.window
        # The rows say nothing of those who had left before the window: no gap is claimed there.
        posts = [doors.post_of(post, since=first) for post in self.names.posts.values()]
        marks = self._end_marks()
        bars = [
            doors.bar_of(row, self.names.guards.get(row["iin"]), marks.get(row["assignment_id"])) for row in self.rows
        ]
        return doors.lay_out(posts, bars, (first, last), first - LEADING_DAYS, width)

    def _end_marks(self) -> dict[str, ribbons.EndMark]:
        """The mark of each assignment with which a spell ended."""
        marks = {}
        for spell in self.spells:
            if spell["leave"]:
                last = max(
                    self._rows_of(spell),
                    key=lambda row: (row["last_day"] or "9999", row["first_day"], row["assignment_id"]),
                )
                marks[last["assignment_id"]] = ribbons.EndMark(spell["leave"])
        return marks

    def trend(self) -> Trend | None:
        level, school, agency = self.evidence["level"], self.finding.school_id, self.finding.agency_id
        return owner_trend(level, school=school, agency=None if level == "school" else agency)

    def claim(self) -> claims.Claim | None:
        """Shifts of the same window, of these guards at these schools, as the register holds them now."""
        shifts = Presence.objects.filter(
            guard__iin__in=self.names.guards, post__school__in=self.names.schools.values(), on__range=self.window
        )
        said = Q(agency_claim=True)
        counted = shifts.aggregate(
            claimed=Count("pk", filter=said),
            confirmed=Count("pk", filter=said & Q(school_confirmation=Presence.Answer.PRESENT)),
            absent=Count("pk", filter=said & Q(school_confirmation=Presence.Answer.ABSENT)),
            other=Count("pk", filter=said & Q(school_confirmation=Presence.Answer.OTHER_PERSON)),
        )
        if not counted["claimed"]:
            return None
        absent, other = counted["absent"], counted["other"]
        note = ""
        if absent or other:
            note = _("%(absent)s absent, %(other)s another person") % {
                "absent": formats.number(absent),
                "other": formats.number(other),
            }
        return claims.lay_out(counted["claimed"], counted["confirmed"], absent + other, note)

    # Today

    def today(self, day: date) -> str:
        level = self.evidence["level"]
        figures = report(level, day, school=self.finding.school_id, agency=self.finding.agency_id).figures
        if not figures["measurable"]:
            return _("Today, %(day)s, nothing is left to measure here.") % {"day": formats.day(day)}
        if _shown(figures) == _shown(self.evidence):
            return ""
        return _(
            "Today, %(day)s, it is %(rate)s a year: left for good %(settled)s (leaves in all %(gross)s, without "
            "excused ones %(net)s), at an average headcount of %(headcount)s."
        ) % {
            "day": formats.day(day),
            "rate": formats.percent(figures["settled_rate"], 1),
            "settled": formats.number(figures["settled_left"]),
            "net": formats.number(figures["net_left"]),
            "gross": formats.number(figures["gross_left"]),
            "headcount": formats.number(figures["average_headcount"], 2),
        }


def _shown(figures: dict[str, Any]) -> Sequence[Any]:
    """The figures as precisely as a reader sees them."""
    return figures["settled_left"], round(figures["settled_rate"], 1), round(figures["average_headcount"], 2)
