"""Proofs of what was counted of people and shifts: lines as of any flat evidence, and rows that add up to them."""

from collections import defaultdict
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.predicates.labels import EVIDENCE_LABELS
from compliance.records import Record
from desks import formats
from desks.pictures.ribbon import Ribbon, RibbonPost
from desks.proof import doors
from desks.proof.base import Cell, EvidenceTable, Head, as_day, certain_day
from desks.proof.flat import FlatProof, of_another_agency
from guards.models import Presence
from schools.identifiers import masked


class DoorsProof(FlatProof):
    """A proof of posts and who held them: with a ribbon of the window."""

    def ribbon(self, width: int) -> Ribbon | None:
        """Who stood at the doors, as judged. A whole agency has too many doors for a picture."""
        if "rows" not in self.evidence or not self.finding.school_id or not self.names.posts:
            return None
        first, last = (certain_day(day) for day in self.evidence["window"])
        posts = [self.door(doors.post_of(post, since=first)) for post in self.names.posts.values()]
        bars = [
            doors.bar_of(row, self.names.guards.get(row["iin"]), unnamed=of_another_agency(row, self.finding))
            for row in self.lists.get("rows", ())
        ]
        return doors.lay_out(posts, bars, (first, last), first, width)

    def door(self, post: RibbonPost) -> RibbonPost:
        """A post as it is drawn."""
        return post


class PostCoveredProof(DoorsProof):
    """Evidence of `post_covered`: the post, the contract under which it was looked at, and whoever held it."""

    code = "post_covered"

    def door(self, post: RibbonPost) -> RibbonPost:
        """With the positions that were counted, however many the post has by now."""
        return replace(post, positions=self.evidence["positions"])


class ContinuityProof(DoorsProof):
    """Evidence of `continuity_floor`: every spell with its days in the window, and how many of them were seasoned."""

    code = "continuity_floor"

    def tables_of(self, kind: str, rows: list[Record]) -> list[EvidenceTable]:
        """Of the assignments only the spells that they make; each of them stands in the file."""
        if kind == "spells":
            return [self._spells(rows)]
        return [] if kind == "rows" else super().tables_of(kind, rows)

    def _spells(self, spells: list[Record]) -> EvidenceTable:
        heads = [
            *(Head(self.label(name)) for name in ("iin", "school_id", "first_day", "last_day")),
            Head(_("Days in the window"), number=True),
            Head(_("of them seasoned"), number=True),
        ]
        figures = [formats.number(self.evidence[name]) for name in ("person_days", "seasoned_days")]
        return EvidenceTable(
            title=gettext_lazy("Days served, spell by spell"),
            note=formats.number(len(spells)),
            heads=heads,
            rows=[self._spell(one) for one in spells],
            total=[Cell(_("Together")), Cell(""), Cell(""), Cell(""), *map(Cell, figures)],
        )

    def _spell(self, one: Record) -> list[Cell]:
        last = as_day(one["last_day"])
        return [
            Cell(self.names.guard(one["iin"]), masked(one["iin"]), name=True),
            Cell(self.names.school(one["school_id"])),
            Cell(formats.day(certain_day(one["first_day"]))),
            Cell(formats.day(last) if last else _("still serving")),
            Cell(formats.number(one["days_in_window"])),
            Cell(formats.number(one["seasoned_in_window"])),
        ]


class PresenceProof(FlatProof):
    """Evidence of `presence_agrees`: the shifts on which the school said otherwise, and how many there were of whom.
    Each of the others stands in the file."""

    code = "presence_agrees"

    def tables_of(self, kind: str, rows: list[Record]) -> list[EvidenceTable]:
        if kind != "shifts":
            return super().tables_of(kind, rows)
        refused = [one for one in rows if one["school_confirmation"] != Presence.Answer.PRESENT]
        (table,) = super().tables_of(kind, refused)
        return [replace(table, title=gettext_lazy("Shifts on which the school said otherwise")), self._by_guard(rows)]

    def _by_guard(self, shifts: list[Record]) -> EvidenceTable:
        of_guard: dict[tuple[str, str], list[bool]] = defaultdict(list)
        for one in shifts:
            of_guard[one["iin"], one["post_id"]].append(one["school_confirmation"] != Presence.Answer.PRESENT)
        known = sorted(of_guard.items(), key=lambda item: (-sum(item[1]), -len(item[1]), item[0]))
        heads = [Head(self.label("iin")), Head(self.label("post_id"))]
        return EvidenceTable(
            title=EVIDENCE_LABELS["shifts"],
            note=formats.number(len(shifts)),
            heads=[*heads, Head(_("Shifts"), number=True), Head(_("Said otherwise"), number=True)],
            rows=[
                [
                    Cell(self.names.guard(iin), masked(iin), name=True),
                    Cell(self.names.post(post)),
                    *self._numbers(refused),
                ]
                for (iin, post), refused in known
            ],
            total=[Cell(_("Together")), Cell(""), *self._numbers([one for _, each in known for one in each])],
        )

    def _numbers(self, refused: list[bool]) -> list[Cell]:
        return [Cell(formats.number(len(refused))), Cell(formats.number(sum(refused)))]
