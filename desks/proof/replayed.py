"""A finding judged again, as a reader is told: is it what it was, does it follow, what does the register say now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.replay import Difference, Replay
from desks import formats
from desks.proof.base import certain_day
from desks.proof.flat import FlatProof
from guards.models import Assignment, EndReason

# What no evidence label names: the figures of turnover, and the fields of an assignment.
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
    "distinct_guards": gettext_lazy("Different guards at the doors"),
    "iin": gettext_lazy("Guard"),
    "post_id": gettext_lazy("Post"),
    "last_day": gettext_lazy("Last day"),
    "end_reason": gettext_lazy("Reason of the end"),
    "cause_accepted": gettext_lazy("Cause accepted"),
    "confirmed_on": gettext_lazy("Confirmed on"),
}
KINDS = dict(Assignment.Kind.choices)


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
    """The three answers, and what changed: figures first, then the assignments and the calendars behind them. `trail`:
    whether only what was recorded since tells what changed."""

    answers: list[Answer]
    figures: list[Changed]
    rows: list[Changed]
    calendars: list[Changed]
    trail: bool
    broken: list[Changed]
    is_proved: bool
    is_outdated: bool


class _Words(FlatProof):
    """Names and values as the proof of flat evidence says them, with the words of turnover beside."""

    def label(self, key: str) -> str:
        return str(LABELS[key]) if key in LABELS else super().label(key)

    def words_of(self, key: str, value: Any) -> str:
        if key == "end_reason":
            return str(EndReason(value).label) if value else formats.UNKNOWN
        if key == "kind" and value in KINDS:
            return str(KINDS[value])
        return super().words_of(key, value)


def told(found: Replay) -> Replayed:
    """A replay as the page shows it."""
    words = _Words(found.finding)
    return Replayed(
        answers=[_untouched(found), _follows(found), _now(found)],
        figures=[_changed(words, one) for one in found.values or ()],
        rows=_rows(words, found.rows),
        calendars=[_of_calendar(one) for one in found.calendars],
        trail=found.values is None and not found.keeps_rows,
        broken=[_changed(words, one) for one in found.then or ()],
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
    if found.then is None:
        return _without_rows(found, question)
    if found.then:
        return _no(question, _("Its rows give other figures."))
    rows = len(found.finding.evidence["rows"])
    said = ngettext(
        "The same figures follow from its %(count)s row.", "The same figures follow from its %(count)s rows.", rows
    )
    return _yes(question, said % {"count": formats.number(rows)})


def _without_rows(found: Replay, question: str) -> Answer:
    if not found.keeps_totals:
        return _yes(question, _("The evidence is the records themselves: nothing was computed."))
    if found.outdated:
        said = _("It keeps its totals, not the records they were counted from, and the register of today gives others.")
        return Answer(question, ("provisional", _("Cannot be shown")), said)
    return _yes(question, _("It keeps its totals only; counted again, the register of today gives the same."))


def _now(found: Replay) -> Answer:
    question = _("Does the register of today say the same of that day?")
    if found.unchanged:
        return _yes(question, _("As known now nothing differs."))
    if found.still_found:
        said = _("The clause is breached on that day as it was; what it rests on reads otherwise.")
    elif found.values is None and found.keeps_rows:
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


def _of_calendar(one: Difference) -> Changed:
    code, _space, what = one.name.rpartition(" ")
    label = _("%(calendar)s: closed") if what == "closure" else _("%(calendar)s: weekdays")
    said = _span if what == "closure" else _open_on
    return Changed("", label % {"calendar": code}, said(one.was), said(one.now))


def _open_on(weekdays: str) -> str:
    return " ".join(formats.SHORT_WEEKDAYS[formats.language()].split()[int(digit) - 1] for digit in weekdays)


def _span(closure: list[str] | None) -> str:
    return formats.day_range(*map(certain_day, closure)) if closure else formats.UNKNOWN


def _rows(words: _Words, differences: Iterable[Difference]) -> list[Changed]:
    """What became of the assignments: each by its guard and its code in the register."""
    parted = [(*one.name.partition(" ")[::2], one) for one in differences]
    held = Assignment.objects.filter(code__in={code for code, _field, _one in parted}).select_related("guard", "post")
    names = {one.code: f"{one.guard.name}, {one.post.name}" for one in held}
    return [
        Changed(f"{names.get(code, formats.UNKNOWN)} · {code}", *_row_words(words, name, one))
        for code, name, one in parted
    ]


def _row_words(words: _Words, name: str, one: Difference) -> tuple[str, str, str]:
    if not name:
        there, gone = _("counted"), _("not counted")
        return _("The assignment"), there if one.was else gone, there if one.now else gone
    return words.label(name), words.words_of(name, one.was), words.words_of(name, one.now)
