"""Planning a session and changing one: the form, whom it lists, and looking for further guards by name or IIN."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import ngettext

from desks import formats
from desks.agency import training
from desks.agency.filters import matching_name
from desks.agency.training import Candidate
from desks.agency.training_forms import Found, SessionForm
from guards.models import Guard, Module, Requirement, Session
from schools.models import School

FIND = "find"
#: How many guards of one name are listed at most; whoever looks for more types more of the name.
FOUND_AT_MOST = 20


def find(text: str, staff: Any) -> Found:
    """Look for the guards of some lines, each a name or an IIN."""
    found = Found()
    for line in dict.fromkeys(" ".join(part.split()) for part in text.replace(";", "\n").splitlines()):
        if not line:
            continue
        digits = line.replace(" ", "")
        named = staff.filter(iin=digits) if digits.isdigit() else staff.filter(matching_name(line))
        guards = list(named.order_by("family_name", "given_name", "pk")[:FOUND_AT_MOST])
        if not guards:
            found.unknown.append(line)
        elif len(guards) == 1:
            found.single[guards[0].pk] = guards[0]
        else:
            found.unclear.append(line)
            found.several |= {guard.pk: guard for guard in guards}
    return found


@dataclass(frozen=True)
class Planning:
    """What the second step shows: the form, the guards with a tick or none, and what a search found."""

    form: SessionForm
    module: Module
    school: School | None
    candidates: list[tuple[Candidate, bool]]
    asks: Requirement | None
    said: str = ""
    faults: list[str] = field(default_factory=list)


def planning(
    data: QueryDict | None, membership: Any, today: date, *, module: Module, school: School | None, of: Session | None
) -> Planning:
    """The step for a new session, or for one that is planned already: its own guards are ticked, and those found."""
    staff = Guard.objects.visible_to(membership)
    found = find(data.get("others", ""), staff) if data else Found()
    attending = set(of.attendees.values_list("guard", flat=True)) if of else set[int]()
    ticked = _ticked(data, staff)
    also = {*attending, *ticked, *found.single, *found.several}
    candidates = training.to_teach(membership, today, module, school, also=also)
    keys = [one.guard.pk for one in candidates]
    listed = staff.filter(pk__in=keys).order_by("family_name", "given_name", "pk")
    if data is None:
        chosen = attending if of else {one.guard.pk for one in candidates if one.lacks}
    else:
        chosen = ticked | set(found.single)
    looks = data is not None and data.get("do") == FIND
    form = SessionForm(
        None if looks else data,
        listed=listed,
        found=found,
        initial=_initial(data if looks else None, found, today, module, of),
    )
    return Planning(
        form=form,
        module=module,
        school=school,
        candidates=[(one, one.guard.pk in chosen) for one in candidates],
        asks=asks(module, school, today),
        said=_said(found) if looks else "",
        faults=found.faults if looks else [],
    )


def asks(module: Module, school: School | None, day: date) -> Requirement | None:
    """What the school asks for under a module on a day, for the words it adds."""
    if school is None:
        return None
    asked: Requirement | None = Requirement.objects.in_force(day).filter(school=school, module=module).first()
    return asked


def _ticked(data: QueryDict | None, staff: Any) -> set[int]:
    """The guards that the form ticks; what names nobody is left to the form to refuse."""
    wanted = {value for value in data.getlist("guards") if _is_public_id(value)} if data else set()
    return set(staff.filter(public_id__in=wanted).values_list("pk", flat=True)) if wanted else set()


def _is_public_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _initial(typed: QueryDict | None, found: Found, today: date, module: Module, of: Session | None) -> dict[str, Any]:
    """What the form begins with: what was typed before a search, the session as it is, or what the module says."""
    if typed is not None:
        values = {name: typed.get(name, "") for name in ("on", "hours", "trainer", "place")}
        return {**values, "others": "\n".join([*found.unknown, *found.unclear])}
    if of:
        return {"on": of.on, "hours": formats.number(of.hours), "trainer": of.trainer, "place": of.place}
    return {"on": today, "hours": formats.number(module.hours) if module.hours else ""}


def _said(found: Found) -> str:
    """What a search found, for whoever does not see the list."""
    number = len(found.single)
    if not number:
        return ""
    return ngettext(
        "%(count)s guard was added to the list and ticked.",
        "%(count)s guards were added to the list and ticked.",
        number,
    ) % {"count": formats.number(number)}
