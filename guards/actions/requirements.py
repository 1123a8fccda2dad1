"""What is taught: the catalogue of modules, what a school asks for, and the log of what was held at it."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership
from agencies.models import Agency, Contract
from audit.recording import record
from guards.models import Briefing, Guard, Module, Requirement
from guards.refusals import Refused
from schools.models import School

# How long ago something may have been held that is entered in the log only now.
LOG_BACK_DAYS = 366


@transaction.atomic
def add_module(
    *,
    title_kk: str,
    title_ru: str,
    title_en: str = "",
    scope: str,
    hours: Decimal | None = None,
    valid_months: int | None = None,
    replaces: Module | None = None,
    by: Membership,
) -> Module:
    """The authorised body adds a module to the catalogue, or the next version of one. Raises Refused.

    An earlier version stays as it is: records of it keep their hours and validity, and a school that asks for it goes
    on asking for it until it asks for the new one.
    """
    if by.region_id is not None:
        raise Refused(_("The catalogue is one for the whole country: the national officer changes it."))
    if replaces:
        replaces = Module.objects.select_for_update().get(pk=replaces.pk)
        if Module.objects.filter(replaces=replaces).exists():
            raise Refused(_("There is a later version of this module by now. Open the catalogue again."))
        if scope != replaces.scope:
            raise Refused(_("A version keeps the kind of its module: general, or for one school."), field="scope")
    module = Module.objects.create(
        code=_new_code(title_en or title_ru, replaces),
        title_kk=title_kk.strip(),
        title_ru=title_ru.strip(),
        title_en=title_en.strip(),
        scope=scope,
        hours=hours,
        valid_months=valid_months,
        version=replaces.version + 1 if replaces else 1,
        replaces=replaces,
    )
    record(
        "module_added",
        subjects=[],
        by=by,
        module=module.code,
        **module.titles,
        version=module.version,
        replaces=replaces.code if replaces else "",
    )
    return module


def _new_code(title: str, replaces: Module | None) -> str:
    """A code that no module has: by the title, or by the code of the version before."""
    stem = replaces.code.removesuffix(f"-v{replaces.version}") if replaces else slugify(title, allow_unicode=True)[:40]
    wanted = f"{stem[:50]}-v{replaces.version + 1}" if replaces else stem or "module"
    taken, number, code = set(Module.objects.filter(code__startswith=wanted).values_list("code", flat=True)), 1, wanted
    while code in taken:
        number += 1
        code = f"{wanted}-{number}"
    return code


@transaction.atomic
def require(*, school: School, module: Module, first_day: date, briefing: str = "", by: Membership) -> Requirement:
    """The school asks for a module from a day on; of an earlier version it asks until the day before. Raises Refused.

    The day is today or later: nobody learns today that he was untrained yesterday.
    """
    School.objects.select_for_update().get(pk=school.pk)
    if first_day < timezone.localdate():
        raise Refused(_("A school asks for a module from today on, or from a later day."), field="first_day")
    if Module.objects.filter(replaces=module).exists():
        raise Refused(_("There is a later version of this module. Ask for that one."), field="module")
    asked = list(Requirement.objects.not_ended(first_day).filter(school=school).select_related("module"))
    for one in asked:
        if one.module_id == module.pk:
            raise Refused(
                _("Your school already asks for this module, from %(day)s.") % {"day": date_format(one.first_day)},
                field="module",
            )
    _end_earlier_version(asked, module, first_day)
    requirement = Requirement.objects.create(
        school=school, module=module, first_day=first_day, briefing=briefing.strip()
    )
    _record("requirement_made", requirement, by)
    return requirement


def _end_earlier_version(asked: list[Requirement], module: Module, first_day: date) -> None:
    """Stop asking for the version before, where that has begun; one yet to begin gives way."""
    for one in asked:
        if one.module_id != module.replaces_id:
            continue
        if one.first_day < first_day:
            one.last_day = first_day - timedelta(days=1)
            one.save(update_fields=["last_day"])
        else:
            one.delete()


@transaction.atomic
def change_briefing(*, requirement: Requirement, briefing: str, by: Membership) -> Requirement:
    """Put the school's own words about a module in the place of the earlier ones, which the trail keeps."""
    requirement = _locked(requirement)
    before, requirement.briefing = requirement.briefing, briefing.strip()
    requirement.save(update_fields=["briefing"])
    # No figure hangs on it: the school is named, the agency is not judged.
    _record("requirement_words_changed", requirement, by, before=before)
    return requirement


@transaction.atomic
def end_requirement(*, requirement: Requirement, last_day: date, by: Membership) -> Requirement:
    """The school asks for a module until a day, today or later. Raises Refused."""
    requirement = _locked(requirement)
    today = timezone.localdate()
    if requirement.last_day and requirement.last_day < today:
        raise Refused(_("Your school no longer asks for this module."))
    if last_day < max(today, requirement.first_day):
        earliest = date_format(max(today, requirement.first_day))
        raise Refused(_("The last day is %(day)s or later.") % {"day": earliest}, field="last_day")
    requirement.last_day = last_day
    requirement.save(update_fields=["last_day"])
    _record("requirement_ended", requirement, by, last_day=last_day.isoformat())
    return requirement


@transaction.atomic
def log_briefing(
    *,
    agency: Agency,
    school: School,
    kind: str,
    held_on: date,
    topic: str,
    led_by: str,
    attended: Collection[Guard],
    by: Membership,
) -> Briefing:
    """Enter a briefing, a class or a drill in the log of a school (resolution 305, p. 23-27). Raises Refused."""
    today = timezone.localdate()
    if held_on > today:
        raise Refused(_("The log holds what was held: today or earlier."), field="held_on")
    if (today - held_on).days > LOG_BACK_DAYS:
        raise Refused(_("An entry is made at most a year after the day."), field="held_on")
    if not Contract.objects.filter(agency=agency, school=school).in_force(held_on).exists():
        raise Refused(
            _("You have no contract with %(school)s that is in force on %(day)s.")
            % {"school": school.name, "day": date_format(held_on)},
            field="held_on",
        )
    if not attended:
        raise Refused(_("Choose at least one guard."), field="attended")
    try:
        with transaction.atomic():
            entry = Briefing.objects.create(
                agency=agency, school=school, kind=kind, held_on=held_on, topic=topic.strip(), led_by=led_by.strip()
            )
    except IntegrityError as fault:
        raise Refused(_("This entry of the log is already there."), field="topic") from fault
    entry.attended.set(attended)
    record(
        "briefing_logged",
        subjects=[school, agency],
        by=by,
        school=school.code,
        kind=kind,
        on=held_on.isoformat(),
        topic=entry.topic,
        guards=len(attended),
    )
    return entry


def _locked(requirement: Requirement) -> Requirement:
    School.objects.select_for_update().get(pk=requirement.school_id)
    return Requirement.objects.select_related("school", "module").get(pk=requirement.pk)


def _record(verb: str, requirement: Requirement, by: Membership, **details: Any) -> None:
    """Naming the school has it judged again, and with it every agency that guards it."""
    record(
        verb,
        subjects=[requirement.school],
        by=by,
        school=requirement.school.code,
        module=requirement.module.code,
        **requirement.module.titles,
        first_day=requirement.first_day.isoformat(),
        **details,
    )
