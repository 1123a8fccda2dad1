"""The work of placing a guard: the candidates for a place, the chosen one, and what he would do to the school."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.models import ClauseVersion
from compliance.reports import Effect, effect
from compliance.turnover import Arrival
from desks import formats
from desks.agency import forms
from desks.agency.looking import SHOWN, Looking, Numbered
from desks.preview import Preview, preview
from guards.models import Assignment
from schools.models import School
from staffing.candidates import Candidate, candidates, judge
from staffing.obstacles import Obstacle, Reservation, reservations


@dataclass(frozen=True)
class Line:
    """A candidate in his order, with his tie to the school in words."""

    number: int
    candidate: Candidate
    tie: str
    is_chosen: bool
    faces: int | None = None

    @property
    def obstacles(self) -> list[Obstacle]:
        """What forbids him, himself."""
        return [one for one in self.candidate.obstacles if not one.of_post]

    @property
    def reservations(self) -> list[Obstacle]:
        """What speaks against him, himself, without forbidding him."""
        return [one for one in self.candidate.reservations if not one.of_post]

    @property
    def is_closed_by_law(self) -> bool:
        return any(obstacle.mark == ClauseVersion.Mark.LAW for obstacle in self.obstacles)


class Choosing:
    """The choice among candidates, from the form as it was sent; what is chosen for is said by those who inherit."""

    def __init__(self, membership: Any, form: Any, asked: Mapping[str, Any]) -> None:
        self.membership, self.form = membership, form
        self._guard: str = asked.get("guard", "")
        self.looking = Looking.of(asked)
        # Kept as they came: a refusal takes the refused field out of the form's own answers.
        self.answers: dict[str, Any] = dict(form.cleaned_data) if form.is_valid() else {}

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Everybody who could stand there, the best first; nobody while place and day are not known."""
        if not self.answers:
            return []
        place = self.place()
        ranked = candidates(**place)
        judge(self._told_of(ranked), **{name: place[name] for name in ("post", "first_day", "agency")})
        return ranked

    def _told_of(self, ranked: list[Candidate]) -> list[Candidate]:
        """Those of whom the page says what the clauses have against them; by the first it tells what is of the post."""
        chosen = filter(self._is_chosen, ranked)
        return [*ranked[:1], *chosen, *(one for _number, one in self.looking.shown(self.looking.found(ranked)))]

    def place(self) -> dict[str, Any]:
        """For which post and from which day, and what else `candidates` is to know."""
        raise NotImplementedError

    def without_anybody(self) -> Effect:
        """What becomes of the school if nobody of them comes."""
        raise NotImplementedError

    @cached_property
    def _found(self) -> list[Numbered]:
        return self.looking.found(self.candidates)

    @cached_property
    def lines(self) -> list[Line]:
        """Those whom the page shows, and the chosen one wherever he stands."""
        if not self.candidates:
            return []
        others = self.without_anybody()
        window_from = others.day - timedelta(days=others.rule.window_days - 1)

        def faces(one: Candidate) -> int:
            is_known = one.last_here is not None and one.last_here >= window_from
            return int(others.after["distinct_guards"]) + (not is_known)

        shown = list(self.looking.shown(self._found))
        chosen = [(number, one) for number, one in enumerate(self.candidates, start=1) if one is self.chosen]
        return [
            Line(number, one, tie(one), one is self.chosen, faces(one))
            for number, one in sorted(dict([*chosen, *shown]).items())
        ]

    @property
    def of_post(self) -> list[Obstacle]:
        """What stands in everybody's way: it is about the post or the contract, and is said once."""
        return of_post(self.candidates)

    @property
    def shown_words(self) -> str:
        return _("those whom the school knows come first; shown %(shown)s of %(all)s") % {
            "shown": formats.number(len(self.lines)),
            "all": formats.number(len(self.candidates)),
        }

    @property
    def has_more(self) -> bool:
        """Whether there are more candidates than the page shows at once, so that one may have to be looked for."""
        return len(self.candidates) > SHOWN

    @property
    def before_url(self) -> str:
        return self.looking.before(self.query)

    @property
    def after_url(self) -> str:
        return self.looking.after(self.query, self._found)

    @cached_property
    def chosen(self) -> Candidate | None:
        return next(filter(self._is_chosen, self.candidates), None)

    def _is_chosen(self, candidate: Candidate) -> bool:
        return str(candidate.guard.public_id) == self._guard

    @property
    def may_go_on(self) -> bool:
        """Whether somebody is chosen and nothing forbids him, so that the last step can be taken."""
        return self.chosen is not None and self.chosen.may_be_proposed

    @property
    def reservations(self) -> list[Reservation]:
        """The clauses of policy that need a signed reason for the chosen one."""
        return reservations(self.chosen.reservations) if self.chosen else []

    @property
    def hidden(self) -> list[Any]:
        """The answers so far, to be sent again with the choice."""
        return forms.hidden(self.form)

    @property
    def query(self) -> str:
        """The answers so far as an address."""
        return urlencode({name: self.form.data.get(name, "") for name in self.form.fields})


class Placing(Choosing):
    """The state of the page, from the school and the form as it was sent."""

    def __init__(self, school: School, membership: Any, form: forms.PlaceForm, asked: Mapping[str, Any]) -> None:
        super().__init__(membership, form, asked)
        self.school = school

    def place(self) -> dict[str, Any]:
        return {"agency": self.membership.agency, **self.answers}

    def without_anybody(self) -> Effect:
        return effect(self.school.pk, self.answers["first_day"])

    @cached_property
    def preview(self) -> Preview | None:
        """What the chosen guard would do to the school; nothing for relief, which no figure counts."""
        asked = self.answers
        if self.chosen is None or asked["kind"] != Assignment.Kind.REGULAR:
            return None
        guard, agency, school = self.chosen.guard.pk, self.membership.agency_id, self.school.pk
        arrival = Arrival(guard, agency, school, asked["first_day"])
        return preview(effect(school, asked["first_day"], arrivals=[arrival]))

    @property
    def question(self) -> str:
        assert self.chosen is not None
        return _("Propose %(guard)s to the school?") % {"guard": self.chosen.guard.name}


def of_post(candidates: Sequence[Candidate]) -> list[Obstacle]:
    """What stands in the way of every candidate for a post, what nobody can set aside first."""
    found = [one for each in candidates[:1] for one in (*each.obstacles, *each.reservations) if one.of_post]
    return sorted(found, key=lambda one: not one.blocks)


def tie(candidate: Candidate) -> str:
    """What binds a candidate to the school, and where he stands on these days."""
    said = [_stood(candidate)]
    if candidate.approved_relief:
        said.append(_("approved for relief here"))
    if candidate.trained_here:
        said.append(_("trained at this school"))
    if candidate.stays:
        said.append(_("stands at this post for the agency before you"))
    elif candidate.standing_at:
        said.append(_("stands at %(school)s") % {"school": candidate.standing_at.name})
    else:
        said.append(_("free on these days"))
    if candidate.experience.near and not candidate.days_here:
        said.append(_("stood near last"))
    return " · ".join(said)


def _stood(candidate: Candidate) -> str:
    if not candidate.days_here:
        return _("Has not stood here")
    words = ngettext("Stood here %(count)s day", "Stood here %(count)s days", candidate.days_here) % {
        "count": formats.number(candidate.days_here)
    }
    values = {"stood": words, "day": formats.day(candidate.last_here)}
    if candidate.experience.only_relieved_here:
        return _("%(stood)s as relief, last on %(day)s") % values
    return _("%(stood)s, last on %(day)s") % values
