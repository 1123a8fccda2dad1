"""The door page in words: a card for each expected guard, the fortnight, and what is still to be said."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.eligibility import Obstacle, obstacles
from desks import formats, papers
from desks.papers import Validity
from desks.pictures import dots
from desks.school import door, training
from desks.school.door import Doors, Expected, PostDay
from guards.models import Presence
from schools.models import School

#: The days of the picture, today among them.
SHOWN_DAYS = 14


@dataclass(frozen=True)
class Card:
    """An expected guard. `answered` is what the school said, in a status; None while it has to say something.

    `forbidden` is what the law has against him on this day, though he was lawful when the school agreed.

    `resting` means that another guard of the post came, so that nothing has to be said of this one.
    """

    expected: Expected
    ground: str
    papers: Validity
    verified: Validity | None
    training: Validity | None
    forbidden: list[Obstacle]
    answered: Validity | None
    resting: bool
    changing: bool

    @property
    def key(self) -> str:
        return self.expected.key

    @property
    def is_open(self) -> bool:
        """Whether the card shows its buttons."""
        return self.changing or not (self.answered or self.resting)


@dataclass(frozen=True)
class Group:
    """Cards that belong together; a title where one of several is expected."""

    title: str
    cards: list[Card]


@dataclass(frozen=True)
class DoorPage:
    """What the director sees of one day at his doors."""

    day: date
    today: date
    is_open: bool
    opens_on: date | None
    expected: int
    lead: str
    said: str
    waiting: list[Group]
    answered: list[Card]
    fortnight: dots.Fortnight | None
    missed: list[date]

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def days_ago(self) -> str:
        return formats.days_left(self.day, self.today)


def door_page(
    school: School, membership: Any, day: date, *, today: date, changing: str = "", answered: str = ""
) -> DoorPage:
    """The page of a day. `changing` is the card whose answer is to be changed, `answered` the one just answered."""
    last_days = today - timedelta(days=SHOWN_DAYS - 1)
    doors = door.read(school, membership, min(last_days, day), today)
    posts = doors.on(day)
    make = _card_maker(school, posts, day, today, changing)
    pairs = [(at, [make(at, one) for one in at.guards]) for at in posts]
    cards = [card for _at, made in pairs for card in made]
    return DoorPage(
        day=day,
        today=today,
        is_open=day in doors.open_days,
        opens_on=doors.next_open,
        expected=sum(at.expected for at in posts if at.guards),
        lead=_lead(posts, today),
        said=next((_said(card) for card in cards if card.key == answered), ""),
        waiting=[_group(at, made) for at, made in pairs if any(card.is_open for card in made)],
        answered=[card for card in cards if not card.is_open],
        fortnight=_fortnight(doors, last_days, today),
        missed=[missed for missed in doors.missed(today) if missed != day],
    )


def _group(at: PostDay, cards: Iterable[Card]) -> Group:
    opened = [card for card in cards if card.is_open]
    if not (at.one_of_several and at.unanswered):
        return Group("", opened)
    title = ngettext("%(post)s: one of %(count)s guard", "%(post)s: one of %(count)s guards", len(at.guards)) % {
        "post": at.post.name,
        "count": formats.number(len(at.guards)),
    }
    return Group(title, opened)


def _card_maker(
    school: School, posts: Iterable[PostDay], day: date, today: date, changing: str
) -> Callable[[PostDay, Expected], Card]:
    """What makes the cards of a day: everybody's papers and training are read at once."""
    guards = {one.guard.pk for at in posts for one in at.guards}
    held, asked = papers.of_guards(guards), papers.asked_for(day)
    learned = training.learned(training.required(school, day), school, guards, day)
    forbidden = _forbidden(posts, day)

    def make(at: PostDay, one: Expected) -> Card:
        return Card(
            expected=one,
            ground=_ground(at, one),
            papers=_papers(papers.summary(held.get(one.guard.pk, []), asked, day)),
            verified=papers.standing_of(held.get(one.guard.pk, [])),
            training=training.summary(learned[one.guard.pk]),
            forbidden=forbidden.get(one.guard.pk, []),
            answered=_answer(one) if one.answer else None,
            resting=one in at.resting,
            changing=one.key == changing,
        )

    return make


def _forbidden(posts: Iterable[PostDay], day: date) -> dict[int, list[Obstacle]]:
    """For each guard (by primary key) what the law has against him on the day: papers run out after a confirmation."""
    of_agency: dict[Any, tuple[Any, dict[int, Any]]] = {}
    for at in posts:
        for one in at.guards:
            if one.assignment:
                agency = one.assignment.agency
                of_agency.setdefault(agency, (at.post, {}))[1][one.guard.pk] = one.guard
    found: dict[int, list[Obstacle]] = {}
    for agency, (post, guards) in of_agency.items():
        for key, against in obstacles(guards.values(), post, agency, day).items():
            found[key] = [one for one in against if one.is_law]
    return found


def _papers(found: Validity) -> Validity:
    return Validity("ok", _("Papers in order")) if found.kind == "ok" else found


def _ground(at: PostDay, one: Expected) -> str:
    """Why the guard is expected."""
    if one.is_claimed:
        return _("The agency named him for this day")
    if one.assignment is None:
        return _("You marked him here")
    values = {"day": formats.day(one.assignment.first_day)}
    if at.one_of_several:
        return _("Holds this post since %(day)s; the agency has not said who stands") % values
    return _("Holds this post since %(day)s") % values


def _answer(one: Expected) -> Validity:
    """What the school said, and when it said so."""
    kind, words = {
        Presence.Answer.PRESENT.value: ("ok", _("Came")),
        Presence.Answer.ABSENT.value: ("blocked", _("Did not come")),
        Presence.Answer.OTHER_PERSON.value: ("blocked", _("Somebody else came")),
    }[one.answer]
    given = one.presence.answered_at if one.presence else None
    if given is None:
        return Validity(kind, words)
    values = {
        "answer": words,
        "day": formats.day(timezone.localdate(given)),
        "time": f"{timezone.localtime(given):%H:%M}",
    }
    if one.is_late:
        return Validity(kind, _("%(answer)s · marked late, %(day)s") % values)
    return Validity(kind, _("%(answer)s · %(time)s") % values)


def _said(card: Card) -> str:
    """What the last press of a button did."""
    values = {"guard": card.expected.guard.name, "answer": card.answered.text if card.answered else ""}
    if card.answered:
        return _("%(guard)s: %(answer)s") % values
    return _("%(guard)s: the answer was taken back") % values


def _lead(posts: Iterable[PostDay], today: date) -> str:
    """How many are expected, and of how many of them the school has spoken."""
    staffed = [at for at in posts if at.guards]
    expected, marked = sum(at.expected for at in staffed), sum(at.marked for at in staffed)
    values = {"count": formats.number(expected), "marked": formats.number(marked)}
    if not expected:
        return ""
    if marked == expected:
        return (
            ngettext(
                "%(count)s guard was expected; everything is marked.",
                "%(count)s guards were expected; everything is marked.",
                expected,
            )
            % values
        )
    return (
        ngettext(
            "%(count)s guard is expected, marked: %(marked)s.",
            "%(count)s guards are expected, marked: %(marked)s.",
            expected,
        )
        % values
    )


def _fortnight(doors: Doors, first_day: date, today: date) -> dots.Fortnight | None:
    """The picture of the last two weeks; None where the school has no post."""
    if not doors.posts:
        return None
    days = [day for day in doors.days if day >= first_day]
    names = _unlike([post.name for post in doors.posts])
    rows = {
        name: [doors.at(post, day).mark(today) for day in days] for name, post in zip(names, doors.posts, strict=True)
    }
    return dots.lay_out(days, rows, today)


def _unlike(names: list[str]) -> list[str]:
    """The names with a number after each that occurs more than once: a row of the picture is found by its name."""
    return [f"{name} {names[: at + 1].count(name)}" if names.count(name) > 1 else name for at, name in enumerate(names)]
