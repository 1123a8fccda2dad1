"""A finding judged again, as a reader is told: is it what it was, does it follow, what does the register say now."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.records import IDENTITY
from compliance.replay import UNREADABLE, Difference, RecordDifference, Replay
from desks import formats
from desks.proof.base import STRENGTHS, certain_day
from desks.proof.flat import PERSONS, FlatProof
from desks.proof.turnover import NEXT

# What no evidence label names: the figures of turnover.
LABELS: dict[str, Any] = {
    "average_headcount": gettext_lazy("Average headcount"),
    "gross_left": gettext_lazy("Leaves in all"),
    "excused_left": gettext_lazy("of them with an excused reason"),
    "net_left": gettext_lazy("Leaves that count"),
    "provisional_left": gettext_lazy("of them provisional"),
    "settled_left": gettext_lazy("Left for good"),
    "rate": gettext_lazy("Turnover with provisional leaves, % a year"),
    "rate_low": gettext_lazy("its lower bound"),
    "rate_high": gettext_lazy("its upper bound"),
    "settled_rate": gettext_lazy("Turnover, % a year"),
    "settled_low": gettext_lazy("Lower bound"),
    "settled_high": gettext_lazy("Upper bound"),
    "strength": gettext_lazy("Strength"),
    "days_in_window": gettext_lazy("Days in the window"),
    "seasoned_in_window": gettext_lazy("of them seasoned"),
    "leave": gettext_lazy("Counts"),
    "open_days_since": gettext_lazy("Open days since"),
    "next": gettext_lazy("What next"),
    "distinct_guards": gettext_lazy("Different guards at the doors"),
}
# Words of closed lists that no other evidence holds: how strong, how a spell counts, and what its guard did then.
WORDS: dict[str, dict[str, Any]] = {
    "strength": STRENGTHS,
    "leave": {
        "left": gettext_lazy("left"),
        "excused": gettext_lazy("no, excused"),
        "provisional": gettext_lazy("provisional"),
    },
    "next": NEXT,
}
# By what a reader knows a record, if not by its identifiers.
NAMED_BY = {"rows": ("iin", "post_id"), "spells": ("iin", "school_id", "first_day")}
# What was counted or not, where a record is new or gone.
COUNTED: dict[str, Any] = {
    "rows": gettext_lazy("The assignment"),
    "spells": gettext_lazy("The spell"),
    "shifts": gettext_lazy("The shift"),
    "contracts": gettext_lazy("The contract"),
    "posts": gettext_lazy("The post"),
    "staff": gettext_lazy("The guard on staff"),
    "groups": gettext_lazy("The mobile group"),
    "log": gettext_lazy("The entry of the log"),
    "papers": gettext_lazy("The paper"),
    "service": gettext_lazy("The employment"),
    "training": gettext_lazy("The training"),
    "modules": gettext_lazy("The module"),
    "licences": gettext_lazy("The licence"),
    "events": gettext_lazy("What became of the licence"),
    "reports": gettext_lazy("The report"),
}


@dataclass(frozen=True)
class Answer:
    """The answer to one of the three questions: a status, and a sentence."""

    question: str
    status: tuple[str, str]
    sentence: str


@dataclass(frozen=True)
class Changed:
    """What reads otherwise: of what, what, and both values."""

    of: str
    what: str
    was: str
    now: str


@dataclass(frozen=True)
class Replayed:
    """The three answers, and what changed: figures first, then the records and the calendars behind them. `trail`:
    whether only what was recorded since tells what changed."""

    answers: list[Answer]
    figures: list[Changed]
    records: list[Changed]
    calendars: list[Changed]
    trail: bool
    broken: list[Changed]
    spells: list[Changed]
    is_proved: bool
    is_outdated: bool


class _Words(FlatProof):
    """Names and values as the proof of flat evidence says them, with the words of turnover beside; of the records too
    that are new."""

    def __init__(self, found: Replay) -> None:
        super().__init__(found.finding)
        self.lists = self.lists | {"now": [one.record for one in (*found.records, *found.spells)]}

    def label(self, key: str) -> str:
        return str(LABELS[key]) if key in LABELS else super().label(key)

    def words_of(self, key: str, value: Any) -> str:
        """A guard by his name alone: his number is on the proof."""
        if key in PERSONS and value:
            return self.names.guard(value)
        return str(WORDS[key][value]) if value in WORDS.get(key, ()) else super().words_of(key, value)


def told(found: Replay) -> Replayed:
    """A replay as the page shows it; where somebody wrote over what is to be shown, that it cannot be read."""
    try:
        return _told(found)
    except UNREADABLE:
        if found.untouched:
            raise
        return _told(Replay(found.finding, untouched=False, readable=False))


def _told(found: Replay) -> Replayed:
    words = _Words(found)
    return Replayed(
        answers=[_untouched(found), _follows(found), _now(found)],
        figures=[_changed(words, one) for one in found.values or ()],
        records=[_of_record(words, one) for one in found.records],
        calendars=[_of_calendar(words, one) for one in found.calendars],
        trail=found.readable and not found.unchanged and not found.told,
        broken=[_changed(words, one) for one in found.then or ()],
        spells=[_of_record(words, one) for one in found.spells],
        is_proved=found.proved,
        is_outdated=found.untouched and found.outdated,
    )


def _untouched(found: Replay) -> Answer:
    question = _("Is the record as it was written?")
    if found.untouched:
        return _yes(question, _("Clause, engine and evidence give the digest stored with the finding."))
    return _no(question, _("Clause, engine or evidence give another digest than the stored one."))


def _follows(found: Replay) -> Answer:
    question = _("Does it follow, as known on %(day)s?") % {"day": formats.day(found.finding.opened_on)}
    if not found.readable:
        return _no(question, _("Its records can no longer be read: they were written over."))
    if found.then is None:
        return _without_rows(found, question)
    if found.then or found.spells:
        return _no(question, _("Its records give other figures."))
    if not found.breaks:
        return _no(question, _("By what it states the clause is not breached."))
    evidence, keeps = found.finding.evidence, found.finding.version.judging_rule.keeps
    records = sum(len(evidence[kind]) for kind in keeps if kind in IDENTITY)
    if not records:
        return _yes(question, _("The same figures follow from the open days that it keeps."))
    said = ngettext(
        "The same figures follow from its %(count)s record.",
        "The same figures follow from its %(count)s records.",
        records,
    )
    return _yes(question, said % {"count": formats.number(records)})


def _without_rows(found: Replay, question: str) -> Answer:
    if not found.keeps_totals:
        return _yes(question, _("The evidence is the records themselves: nothing was computed."))
    if found.outdated:
        said = _("It keeps its totals, not the records they were counted from, and the register of today gives others.")
        return Answer(question, ("provisional", _("Cannot be shown")), said)
    return _yes(question, _("It keeps its totals only; counted again, the register of today gives the same."))


def _now(found: Replay) -> Answer:
    question = _("Does the register of today say the same of that day?")
    if not found.readable:
        said = _("There is nothing to hold it against.")
        return Answer(question, ("provisional", _("Cannot be shown")), said)
    if found.unchanged:
        return _yes(question, _("As known now nothing differs."))
    if found.still_found:
        said = _("The clause is breached on that day as it was; what it rests on reads otherwise.")
    elif found.values is None and found.told:
        said = _("Nothing is left in the register that the clause speaks of.")
    else:
        said = _("As known now that breach is not found on that day.")
    return Answer(question, ("provisional", _("Changed")), said)


def _yes(question: str, sentence: str) -> Answer:
    return Answer(question, ("ok", _("Yes")), sentence)


def _no(question: str, sentence: str) -> Answer:
    return Answer(question, ("blocked", _("No")), sentence)


def _changed(words: _Words, one: Difference) -> Changed:
    return Changed("", words.label(one.name), words.words_of(one.name, one.was), words.words_of(one.name, one.now))


def _of_calendar(words: _Words, one: Difference) -> Changed:
    code, _space, what = one.name.rpartition(" ")
    labels = {
        "closure": _("%(calendar)s: closed"),
        "weekdays": _("%(calendar)s: weekdays"),
        "calendar": _("%(calendar)s: calendar of the school"),
    }
    was, now = (_span(value) if what == "closure" else words.words_of(what, value) for value in (one.was, one.now))
    return Changed("", labels[what] % {"calendar": code}, was, now)


def _span(closure: list[str] | None) -> str:
    return formats.day_range(*map(certain_day, closure)) if closure else formats.UNKNOWN


def _of_record(words: _Words, one: RecordDifference) -> Changed:
    """What became of a record: whom or what it is about, and its code in the register where it has one there."""
    named = ", ".join(words.in_row(name, one.record) for name in NAMED_BY.get(one.kind) or IDENTITY[one.kind])
    of = f"{named} · {one.record['assignment_id']}" if one.kind == "rows" else named
    if one.name:
        return Changed(of, words.label(one.name), words.words_of(one.name, one.was), words.words_of(one.name, one.now))
    was, now = (_("counted") if there else _("not counted") for there in (one.was, one.now))
    return Changed(of, str(COUNTED[one.kind]), was, now)
