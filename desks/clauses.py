"""The law as a reader sees it: conditions of a clause in words, its versions in order, and what differs between two.

law(day, today)              every paragraph with its clauses as they read on a day, and what is to come
history(clause, today)       the versions of one clause
compare(clause, before, after)   a Change, for templates/components/clause_change.html
DayForm                      the day that is asked for, for templates/law/day.html
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.drafting import number_key
from compliance.models import Clause, ClauseVersion, Paragraph
from compliance.predicates import Rule, rule_named
from compliance.predicates.labels import EVIDENCE_WORDS
from compliance.predicates.turnover import TurnoverLimit, excused_by_default
from compliance.turnover import END_REASONS
from desks import formats
from desks.fields import DayField

# What a parameter is called, beside the help that its rule gives; those that are not here are called as their help.
LABELS: Mapping[str, Any] = {
    "level": gettext_lazy("Level"),
    "threshold_percent": gettext_lazy("Limit"),
    "min_left": gettext_lazy("Fewest leaves"),
    "confidence": gettext_lazy("Confidence"),
    "window_days": gettext_lazy("Window"),
    "gap_open_days": gettext_lazy("Break that is no leave yet"),
    "seasoned_days": gettext_lazy("Seasoned after"),
    "excused": gettext_lazy("Not counted"),
    "floor": gettext_lazy("Floor"),
    "grace_open_days": gettext_lazy("Days of grace"),
    "limit_days": gettext_lazy("Vacant days allowed"),
    "limit_share": gettext_lazy("Limit of the share"),
    "minimum_age": gettext_lazy("Not younger than"),
    "maximum_age": gettext_lazy("Not older than"),
    "kind": gettext_lazy("What is held"),
    "bar": gettext_lazy("What bars a guard"),
}
# Shares are shown and typed in percent.
SHARES = frozenset({"confidence", "floor", "limit_share"})
WORDS: Mapping[str, Mapping[str, Any]] = {
    "level": EVIDENCE_WORDS["level"],
    "kind": EVIDENCE_WORDS["kind"],
    "excused": {reason: EVIDENCE_WORDS["end_reason"][reason] for reason in END_REASONS},
    "bar": {
        "health": gettext_lazy("Mental health or a narcological record"),
        "criminal_record": gettext_lazy("A criminal record"),
        "negative_dismissal": gettext_lazy("A dismissal for a negative reason"),
    },
}
# Texts that share less are another text as a whole.
ALIKE = 0.4
SPOKEN: Sequence[tuple[str, Any]] = (
    ("text_kk", gettext_lazy("Text in Kazakh")),
    ("text_ru", gettext_lazy("Text in Russian")),
    ("text_en", gettext_lazy("Text in English")),
    ("citation_kk", gettext_lazy("Ground in Kazakh")),
    ("citation_ru", gettext_lazy("Ground in Russian")),
    ("citation_en", gettext_lazy("Ground in English")),
)


def open_days(count: int) -> str:
    return ngettext("%(count)s open day", "%(count)s open days", count) % {"count": formats.number(count)}


def months(count: int) -> str:
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": formats.number(count)}


def years(count: int) -> str:
    return ngettext("%(count)s year", "%(count)s years", count) % {"count": formats.number(count)}


def _a_year(value: float) -> str:
    return _("%(percent)s a year") % {"percent": _percent(value)}


def _percent(value: float) -> str:
    return formats.percent(value, _places(value))


def _share(value: float) -> str:
    return _percent(round(100 * value, 6))


def _number(value: float) -> str:
    return formats.number(value, _places(value))


def _places(value: float) -> int:
    """As many decimals as the value has, at most three."""
    text = f"{round(value, 3):g}"
    return len(text.partition(".")[2])


TOLD: Mapping[str, Callable[[Any], str]] = {
    "threshold_percent": _a_year,
    "window_days": formats.days,
    "seasoned_days": formats.days,
    "limit_days": formats.days,
    "gap_open_days": open_days,
    "grace_open_days": open_days,
    "months": months,
    "minimum_age": years,
    "maximum_age": years,
    **dict.fromkeys(SHARES, _share),
}


def address(version: ClauseVersion) -> str:
    """The page of the clause, where everybody reads it."""
    return reverse("law:clause", args=[version.clause.paragraph.code, version.clause.number])


def label_of(rule: type[Rule], name: str) -> str:
    """What a parameter is called."""
    if name in LABELS:
        return str(LABELS[name])
    return str(next(each.metadata["help"] for each in fields(rule) if each.name == name))


def told(rule: Rule, name: str) -> list[str]:
    """What a parameter of a rule says, in words: of a list each of its parts."""
    value = getattr(rule, name)
    if name == "excused" and isinstance(rule, TurnoverLimit):
        value = excused_by_default(rule.level) if value is None else value
        return [_spoken(name, reason) for reason in WORDS["excused"] if reason in value]
    if value is None:
        return [_("not limited")]
    if isinstance(value, bool):
        return [_("yes") if value else _("no")]
    if isinstance(value, str):
        return [_spoken(name, value)]
    if isinstance(value, tuple):
        return [_spoken(name, one) for one in value]
    return [TOLD.get(name, _number)(value)]


def _spoken(name: str, value: str) -> str:
    """A word of a closed list as it stands within a sentence."""
    word = str(WORDS.get(name, {}).get(value, value))
    return word[:1].lower() + word[1:]


@dataclass(frozen=True)
class Condition:
    """A parameter in words."""

    label: str
    text: str


def conditions(version: ClauseVersion) -> list[Condition]:
    """The parameters of a version in words; none of one that repeals."""
    if not version.rule:
        return []
    rule = version.build_rule()
    return [
        Condition(label_of(type(rule), each.name), ", ".join(told(rule, each.name)) or formats.UNKNOWN)
        for each in fields(rule)
    ]


# What differs between two versions.


@dataclass(frozen=True)
class Part:
    """A piece of a text: `gone` from it, `new` in it, `quiet` beside it, or plain."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Line:
    """What both versions say of one thing. Where nothing differs the later one says so."""

    label: str
    before: Sequence[Part]
    after: Sequence[Part]
    changed: bool
    language: str = ""


@dataclass(frozen=True)
class Change:
    """A clause by two versions; one of them may be missing, where the clause is new or ends."""

    clause: Clause
    before: ClauseVersion | None
    after: ClauseVersion | None
    conditions: list[Line] = field(default_factory=list)
    words: list[Line] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """`new`, `repealed` or `changed`."""
        if self.before is None:
            return "new"
        return "changed" if self.after and self.after.rule else "repealed"

    @property
    def mark(self) -> str:
        """What the clause rests on, by the later version that says so."""
        return next((one.mark for one in (self.after, self.before) if one and one.mark), "")

    @property
    def title(self) -> str:
        return next((rule_title(one) for one in (self.after, self.before) if one and one.rule), "")

    @property
    def counted(self) -> str:
        """How many of its conditions are others: `2 of 8 conditions are changed.`"""
        changed, total = sum(line.changed for line in self.conditions), len(self.conditions)
        if not changed:
            return _("No condition is changed.")
        if total == 1:
            return _("Its only condition is changed.")
        return ngettext(
            "%(count)s of %(total)s conditions is changed.", "%(count)s of %(total)s conditions are changed.", changed
        ) % {"count": formats.number(changed), "total": formats.number(total)}


def compare(clause: Clause, before: ClauseVersion | None, after: ClauseVersion | None) -> Change:
    """What differs between two versions of a clause, condition by condition and word by word."""
    before = before if before and before.rule else None
    change = Change(clause, before, after)
    change.conditions.extend(_condition_lines(before, after))
    change.words.extend(_word_lines(before, after))
    return change


def _condition_lines(before: ClauseVersion | None, after: ClauseVersion | None) -> Iterable[Line]:
    old = before.build_rule() if before else None
    new = after.build_rule() if after and after.rule else None
    if old and new and type(old) is not type(new):
        yield _line(_("Rule"), str(type(old).title), str(type(new).title))
    names: dict[str, type[Rule]] = {each.name: type(rule) for rule in (old, new) if rule for each in fields(rule)}
    for name, rule in names.items():
        label = label_of(rule, name)
        said = [told(one, name) if one and hasattr(one, name) else [] for one in (old, new)]
        listed = any(isinstance(getattr(one, name, None), tuple) for one in (old, new)) or name == "excused"
        yield _list_line(label, *said) if listed and old and new else _line(label, *map(", ".join, said))


def _line(label: str, before: str, after: str, language: str = "") -> Line:
    if before == after:
        return Line(label, [Part(before or formats.UNKNOWN)], _as_before(), False, language)
    return Line(label, _parts(before, "gone"), _parts(after, "new"), True, language)


def _as_before() -> list[Part]:
    return [Part(_("as before"), "quiet")]


def _parts(text: str, kind: str) -> list[Part]:
    return [Part(text, kind)] if text else [Part(formats.UNKNOWN, "quiet")]


def _list_line(label: str, before: list[str], after: list[str]) -> Line:
    """A list: what goes out of it is struck where it stood, and said of the later version in words."""
    if before == after:
        return Line(label, [Part(", ".join(before) or formats.UNKNOWN)], _as_before(), False)
    struck = [Part(word, "" if word in after else "gone") for word in before]
    gone = [word for word in before if word not in after]
    new = [word for word in after if word not in before]
    said = [Part(_("as before, but"), "quiet")]
    for words, sentence in ((gone, _("counted: %(words)s")), (new, _("not counted: %(words)s"))):
        said += [Part(" "), Part(sentence % {"words": ", ".join(words)}, "new")] if words else []
    return Line(label, _joined(struck), said, True)


def _joined(parts: list[Part]) -> list[Part]:
    """The parts with commas between them."""
    found: list[Part] = []
    for part in parts:
        found += [Part(", "), part] if found else [part]
    return found or [Part(formats.UNKNOWN, "quiet")]


def _word_lines(before: ClauseVersion | None, after: ClauseVersion | None) -> Iterable[Line]:
    yield _line(_("Rests on"), *(_mark_word(one) for one in (before, after)))
    for name, label in SPOKEN:
        texts = [getattr(one, name) if one else "" for one in (before, after)]
        yield _text_line(str(label), texts[0], texts[1], name[-2:])
    yield _line(_("Source"), *(one.link if one else "" for one in (before, after)))


def _mark_word(version: ClauseVersion | None) -> str:
    return str(version.get_mark_display()) if version and version.mark else ""


def _text_line(label: str, before: str, after: str, language: str) -> Line:
    """Two texts word by word: those that went are struck in the first, those that came underlined in the second."""
    if before == after or not before or not after:
        return _line(label, before, after, language)
    old, new = (re.findall(r"\S+\s*", text) for text in (before, after))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return _line(label, before, after, language)
    struck: list[Part] = []
    added: list[Part] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        same = tag == "equal"
        struck += _piece("".join(old[a:b]), "" if same else "gone")
        added += _piece("".join(new[c:d]), "" if same else "new")
    return Line(label, struck, added, True, language)


def _piece(text: str, kind: str) -> list[Part]:
    """A piece of a text; the space after it is not marked."""
    bare = text.rstrip()
    found = [Part(bare, kind)] if bare else []
    return [*found, Part(" ")] if bare != text else found


# The versions of clauses, in order of their days.


@dataclass(frozen=True)
class Edition:
    """A version of a clause in its place among the others; `until` is its last day, None where no later one stands."""

    version: ClauseVersion
    ordinal: int
    until: date | None
    today: date

    @property
    def is_repeal(self) -> bool:
        return not self.version.rule

    @property
    def to_come(self) -> bool:
        return self.version.effective_from > self.today

    @property
    def is_past(self) -> bool:
        return self.until is not None and self.until < self.today

    @property
    def state(self) -> tuple[str, str]:
        """Kind of status and word."""
        if self.to_come:
            return "waiting", _("Comes into force %(when)s") % {
                "when": days_until(self.version.effective_from, self.today)
            }
        if self.is_repeal:
            return "not_measurable", _("Repealed")
        return ("not_measurable", _("No longer in force")) if self.is_past else ("ok", _("In force"))

    @property
    def when(self) -> str:
        """How far off a version to come is: `in 37 days`."""
        return days_until(self.version.effective_from, self.today)

    @property
    def published_on(self) -> date | None:
        """The day on which it was published on screen."""
        draft = self.version.published_from
        return timezone.localdate(draft.published_at) if draft and draft.published_at else None

    @property
    def title(self) -> str:
        return rule_title(self.version)

    @property
    def checks(self) -> list[str]:
        """What its rule checks, whatever its words say."""
        return [] if self.is_repeal else rule_named(self.version.rule).sentences()

    @property
    def conditions(self) -> list[Condition]:
        return conditions(self.version)

    @property
    def head(self) -> str:
        """`Version 3, from 01.07.2026`."""
        return _("Version %(number)s, from %(day)s") % {
            "number": self.ordinal,
            "day": formats.day(self.version.effective_from),
        }


def days_until(day: date, today: date) -> str:
    """`in 37 days`."""
    left = (day - today).days
    return ngettext("in %(count)s day", "in %(count)s days", left) % {"count": formats.number(left)}


def rule_title(version: ClauseVersion) -> str:
    """What a breach of the rule is called; that a clause is repealed where there is none."""
    return str(rule_named(version.rule).title) if version.rule else _("Repealed")


def editions(versions: Sequence[ClauseVersion], today: date) -> list[Edition]:
    """The versions of one clause, given in order of their days, each in its place."""
    ends = [one.effective_from - timedelta(days=1) for one in versions[1:]]
    lasts: list[date | None] = [*ends, None]
    return [Edition(one, at + 1, until, today) for at, (one, until) in enumerate(zip(versions, lasts, strict=True))]


@dataclass(frozen=True)
class ClauseText:
    """A clause as it reads on a day, `now` None where it does not yet or no longer, and its versions to come."""

    clause: Clause
    now: Edition | None
    to_come: list[Edition]
    repealed_on: date | None = None


@dataclass(frozen=True)
class ParagraphText:
    """A paragraph with its clauses, in order of their numbers, and apart those that are repealed."""

    paragraph: Paragraph
    clauses: list[ClauseText]
    repealed: list[ClauseText]


@dataclass(frozen=True)
class Law:
    """All paragraphs on a day, and the versions that are to come from today on."""

    day: date
    paragraphs: list[ParagraphText]
    to_come: list[Edition]

    @property
    def count(self) -> int:
        """How many clauses read on the day."""
        return sum(len(one.clauses) for one in self.paragraphs)


def law(day: date, today: date) -> Law:
    """The law on a day, told on another; one query."""
    rows = ClauseVersion.objects.enacted().select_related("clause__paragraph", "published_from")
    found = sorted(rows, key=lambda one: (one.clause.paragraph.code, number_key(one.clause.number), one.effective_from))
    texts: dict[Paragraph, list[ClauseText]] = {}
    for clause, versions in groupby(found, key=lambda one: one.clause):
        text = _text(clause, editions(list(versions), today), day)
        texts.setdefault(clause.paragraph, []).append(text)
    to_come = [edition for some in texts.values() for text in some for edition in text.to_come]
    paragraphs = [_paragraph(paragraph, some) for paragraph, some in texts.items()]
    paragraphs.sort(key=lambda one: (bool(one.paragraph.code != MAIN), one.paragraph.title))
    return Law(day, paragraphs, sorted(to_come, key=lambda one: one.version.effective_from))


# The paragraph that the product is about stands before the acts that it leans on.
MAIN = "school-guards"


def _paragraph(paragraph: Paragraph, texts: list[ClauseText]) -> ParagraphText:
    reads = [text for text in texts if text.now]
    return ParagraphText(paragraph, reads, [text for text in texts if text.repealed_on])


def _text(clause: Clause, found: list[Edition], day: date) -> ClauseText:
    begun = [one for one in found if one.version.effective_from <= day]
    now = begun[-1] if begun else None
    to_come = [one for one in found if one.to_come]
    if now and now.is_repeal:
        return ClauseText(clause, None, to_come, now.version.effective_from)
    return ClauseText(clause, now, to_come)


def history(clause: Clause, today: date) -> list[Edition]:
    """The versions of a clause, in order of their days."""
    rows = clause.versions.enacted().select_related(
        "clause__paragraph", "published_from__drafted_by", "published_from__published_by"
    )
    return editions(list(rows.order_by("effective_from")), today)


class DayForm(forms.Form):
    """The day on which the law is read."""

    use_required_attribute = False

    on = DayField(label=gettext_lazy("As it read on"), help_text="", required=False)

    def day(self, today: date) -> date:
        """The day that was typed; today where none was."""
        return (self.cleaned_data.get("on") if self.is_valid() else None) or today
