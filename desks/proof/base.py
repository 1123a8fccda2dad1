"""What a proof is made of, and what every presenter of a rule's evidence shares."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.db.models import Model
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from compliance.models import ClauseVersion, Finding
from compliance.predicates import Breach, RuleFault, Subject, rule_named
from desks import clauses, formats
from desks.components import Entry
from desks.pictures.claim import Claim
from desks.pictures.ribbon import Ribbon
from desks.pictures.trend import Trend
from guards.models import Guard
from schools.models import Post, School

STRENGTHS = {"established": gettext_lazy("Established"), "indicated": gettext_lazy("Indicated")}


@dataclass(frozen=True)
class Line:
    """A line of the arithmetic: what, of what it is made, how much. `beside` marks a figure no finding rests on."""

    label: str
    made_of: str
    value: str
    beside: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of the evidence; `shape` is a kind of status, `sign` one of the ribbon's signs."""

    text: str
    small: str = ""
    shape: str = ""
    sign: str = ""
    name: bool = False


@dataclass(frozen=True)
class Head:
    """The head of a column of the evidence."""

    text: str
    number: bool = False


@dataclass(frozen=True)
class EvidenceTable:
    """The rows that the finding rests on, as a reader sees them; `total` is empty or as long as the heads. Of several
    the title is translated when it is shown: paper has it in two languages."""

    title: Any
    note: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()

    @property
    def lines(self) -> list[list[tuple[Head, Cell]]]:
        """Each row with the head of each of its cells."""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]

    @property
    def total_line(self) -> list[tuple[Head, Cell]]:
        return list(zip(self.heads, self.total, strict=True)) if self.total else []


@dataclass(frozen=True)
class Clause:
    """The clause that was judged by, as the reader sees it."""

    number: str
    paragraph: str
    ordinal: int
    mark: str
    text: str
    citation: str
    link: str
    effective_from: date
    url: str = ""

    @classmethod
    def of(cls, version: ClauseVersion) -> "Clause":
        return cls(
            number=version.clause.number,
            paragraph=version.clause.paragraph.title,
            ordinal=version.ordinal,
            mark=version.mark,
            text=version.text,
            citation=version.citation,
            link=version.link,
            effective_from=version.effective_from,
            url=clauses.address(version),
        )

    @property
    def name(self) -> str:
        """`clause 12, version 3`."""
        return _("clause %(number)s, version %(version)s") % {"number": self.number, "version": self.ordinal}


@dataclass(frozen=True)
class Proof:
    """A finding with all that it rests on, in the reader's language.

    Every number comes from the frozen evidence, except `claim`, `trend` and `today`, which say what the register holds
    now.
    """

    finding: Finding
    title: str
    status: tuple[str, str]
    day: date
    sentence: str
    lines: list[Line]
    verdict: str
    clause: Clause
    tables: list[EvidenceTable]
    ribbon: Ribbon | None
    claim: Claim | None
    trend: Trend | None
    cure: str
    today: str
    entries: list[Entry] = field(default_factory=list)


class Names:
    """The names behind the identifiers of some evidence: one query for each kind, however many there are."""

    def __init__(self, *, guards: Iterable[str] = (), posts: Iterable[str] = (), schools: Iterable[str] = (),
                 agencies: Iterable[str] = ()) -> None:  # fmt: skip
        self.guards: dict[str, Guard] = _by(Guard, "iin", guards)
        self.posts: dict[str, Post] = _by(Post, "code", posts)
        self.schools: dict[str, School] = _by(School, "code", schools)
        self.agencies: dict[str, Agency] = _by(Agency, "bin", agencies)

    def guard(self, iin: str) -> str:
        guard = self.guards.get(iin)
        return guard.full_name if guard else formats.UNKNOWN

    def post(self, code: str) -> str:
        post = self.posts.get(code)
        return post.name if post else code

    def school(self, code: str) -> str:
        school = self.schools.get(code)
        return school.name if school else code

    def agency(self, number: str) -> str:
        agency = self.agencies.get(number)
        return agency.name if agency else number


def _by(model: type[Model], name: str, values: Iterable[str]) -> dict[str, Any]:
    wanted = {value for value in values if value}
    if not wanted:
        return {}
    return {getattr(one, name): one for one in model._default_manager.filter(**{f"{name}__in": wanted})}


def as_day(text: str | None) -> date | None:
    """A day of evidence, which is kept as text."""
    return date.fromisoformat(text) if text else None


def certain_day(text: str) -> date:
    """A day of evidence that is always there."""
    return date.fromisoformat(text)


class Presenter:
    """Tells the evidence of one rule to a reader: a subclass for each rule, named by its code."""

    code: ClassVar[str] = ""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.evidence: dict[str, Any] = finding.evidence

    @classmethod
    def status_of(cls, finding: Finding) -> tuple[str, str]:
        """The kind of status and its word; where nothing had to be estimated the records themselves show the breach."""
        if finding.strength:
            return finding.strength, str(STRENGTHS[finding.strength])
        return "established", _("By the records")

    @classmethod
    def name_of(cls, version: ClauseVersion) -> str:
        """What a breach of the rule is called in lists."""
        try:
            return str(rule_named(version.rule).title)
        except RuleFault:
            return _("Clause %(number)s") % {"number": version.clause.number}

    @property
    def day(self) -> date:
        """The day judged."""
        return as_day(self.evidence.get("day")) or self.finding.opened_on

    @cached_property
    def clause(self) -> Clause:
        return Clause.of(self.finding.version)

    @property
    def status(self) -> tuple[str, str]:
        return self.status_of(self.finding)

    def sentence(self) -> str:
        """The full sentence of what was found, with its numbers."""
        raise NotImplementedError

    def lines(self) -> list[Line]:
        """The arithmetic."""
        raise NotImplementedError

    def verdict(self) -> str:
        """What the last line amounts to."""
        raise NotImplementedError

    def tables(self) -> list[EvidenceTable]:
        """The rows that it rests on, by kind; none where its lines say all."""
        raise NotImplementedError

    def columns(self) -> list[str]:
        """The heads of the rows as a file: names of the register package where it has them."""
        raise NotImplementedError

    def records(self) -> list[list[Any]]:
        """The rows as a file."""
        raise NotImplementedError

    def ribbon(self, width: int) -> Ribbon | None:
        """Who stood at the doors, as it was judged; None where that is not what the rule speaks of."""
        return None

    def trend(self) -> Trend | None:
        """The months of whom the finding is about, with the limit in force in each; None where no rule limits them."""
        return None

    def claim(self) -> Claim | None:
        """Shifts claimed and confirmed in the window; None where the rule has no window."""
        return None

    def today(self, day: date) -> str:
        """What the register says now, if that differs from what was judged."""
        return ""

    def says(self) -> str:
        """What is wrong, as the rule puts it."""
        return self._told("says")

    def cure(self) -> str:
        """What would end the breach, as the rule puts it."""
        return self._told("cure")

    def _told(self, name: str) -> str:
        """A sentence of the rule about this evidence; empty where the rule is no more, or now asks for what an older
        engine did not keep."""
        finding = self.finding
        subject = Subject(finding.school_id, finding.agency_id, finding.guard_id)
        try:
            rule = finding.version.build_rule()
            return str(getattr(rule, name)(Breach(subject, self.sentence_evidence(), finding.strength)))
        except (RuleFault, KeyError):
            return ""

    def sentence_evidence(self) -> dict[str, Any]:
        """The evidence as the rule's own sentences read it."""
        return self.evidence

    def history(self) -> list[Entry]:
        """What became of the finding, newest first."""
        engine = _("Qorgan judged the day, engine %(version)s") % {"version": self.finding.engine}
        kind, word = self.status
        said = _("Opened: %(status)s") % {"status": word}
        entries = [Entry(self.finding.opened_on, kind, said, engine)]
        if self.finding.closed_on:
            entries.insert(0, Entry(self.finding.closed_on, "ok", self._closed(self.finding.closed_on), engine))
        return entries

    def _closed(self, day: date) -> str:
        """Why it closed: what the law no longer says is not what was put right."""
        version = self.finding.version
        read = version.read_on(day)
        if read is None or read.pk == version.pk:
            return _("Closed: the breach no longer holds as it was found")
        since = {"day": formats.day(read.effective_from)}
        if read.rule:
            return _("Closed: the clause reads otherwise from %(day)s on, and is judged anew by that") % since
        return _("Closed: the clause is repealed from %(day)s on") % since

    def proof(self, *, width: int, live_on: date | None) -> Proof:
        """The whole proof; `width` of the ribbon in pixels, `live_on` the day to compare with, None for a document."""
        return Proof(
            finding=self.finding,
            title=self.name_of(self.finding.version),
            status=self.status,
            day=self.day,
            sentence=self.sentence(),
            lines=self.lines(),
            verdict=self.verdict(),
            clause=self.clause,
            tables=self.tables(),
            ribbon=self.ribbon(width),
            claim=self.claim() if live_on else None,
            trend=self.trend() if live_on else None,
            cure="" if live_on and self.finding.closed_on else self.cure(),
            today=self.today(live_on) if live_on else "",
            entries=self.history(),
        )
