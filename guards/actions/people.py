"""Taking a guard on the staff, correcting what is known of him, his photograph, and letting him go."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from agencies.models import Agency
from files.intake import Taken
from files.models import StoredFile
from guards.actions.recorded import record_about
from guards.models import Assignment, Employment, EndReason, Guard
from guards.refusals import Refused, day_words
from schools.identifiers import iin_of_a_person_fault

ONE_DAY = timedelta(days=1)
# Why an employment may end; the other reasons for an end are those of an assignment alone.
DISMISSAL_REASONS = (
    EndReason.RESIGNED,
    EndReason.DISMISSED,
    EndReason.DISMISSED_NEGATIVE,
    EndReason.ILLNESS,
    EndReason.PARENTAL_LEAVE,
    EndReason.MILITARY_SERVICE,
    EndReason.RETIRED,
    EndReason.DIED,
    EndReason.OTHER,
)


@transaction.atomic
def hire(
    *,
    iin: str,
    family_name: str,
    given_name: str,
    patronymic: str = "",
    citizenship: str = "KZ",
    agency: Agency,
    first_day: date,
    by: Membership,
) -> Guard:
    """Take a person on the staff from a day on. Whoever is known by his IIN stays the one person that he is.

    Raises Refused where he is on a staff on that day or later, and where the register knows the IIN by another name.
    """
    if fault := iin_of_a_person_fault(iin, timezone.localdate()):
        raise Refused(fault, field="iin")
    guard = Guard.objects.select_for_update().filter(iin=iin).first()
    if guard is None:
        guard = _enter(Guard(iin=iin, family_name=family_name, given_name=given_name, patronymic=patronymic,
                             citizenship=citizenship))  # fmt: skip
    elif not _is_called(guard, family_name, given_name):
        raise Refused(
            _(
                "The register knows this IIN by another name. Check both on the identity card; if they are right, "
                "write to the authorised body."
            ),
            field="iin",
        )
    if refusal := staff_refusal(guard, agency, first_day):
        raise refusal
    Employment.objects.create(guard=guard, agency=agency, first_day=first_day)
    record_about(guard, "guard_hired", by, first_day=first_day.isoformat())
    return guard


def staff_refusal(guard: Guard, agency: Agency, first_day: date) -> Refused | None:
    """Why the guard cannot come on the staff of an agency on a day; None where he can.

    Of another agency it says neither which one it is nor since when: only from when he is free, if that is settled.
    """
    held = list(Employment.objects.not_ended(first_day).filter(guard=guard).order_by("first_day"))
    if own := next((one for one in held if one.agency_id == agency.pk), None):
        return Refused(
            _("%(guard)s is on your staff already, since %(day)s.")
            % {"guard": guard.name, "day": day_words(own.first_day)},
            field="iin",
        )
    if any(one.last_day is None for one in held):
        return Refused(
            _("Another agency employs this person. Ask him to have that employment ended there, then add him."),
            field="iin",
        )
    if held:
        free = max(one.last_day for one in held if one.last_day) + ONE_DAY
        return Refused(
            _("Another agency employs this person on that day. He can come on your staff from %(day)s.")
            % {"day": day_words(free)},
            field="first_day",
        )
    return None


@transaction.atomic
def correct(
    *, guard: Guard, family_name: str, given_name: str, patronymic: str = "", citizenship: str, by: Membership
) -> Guard:
    """Write a guard's name and citizenship as his identity card has them; the event keeps what stood there before."""
    guard = Guard.objects.select_for_update().get(pk=guard.pk)
    before = guard.full_name
    guard.family_name, guard.given_name, guard.patronymic = family_name, given_name, patronymic
    guard.citizenship = citizenship
    guard.save(update_fields=["family_name", "given_name", "patronymic", "citizenship"])
    record_about(guard, "guard_corrected", by, before=before, after=guard.full_name, citizenship=citizenship)
    return guard


@transaction.atomic
def set_photo(*, guard: Guard, taken: Taken | None, by: Membership) -> Guard:
    """Keep a photograph of the guard in place of the one before, or none."""
    guard = Guard.objects.select_for_update(of=("self",)).select_related("photo").get(pk=guard.pk)
    before = guard.photo
    guard.photo = StoredFile.objects.keep(taken, by=by) if taken else None
    guard.save(update_fields=["photo"])
    if before:
        before.discard()
    record_about(guard, "guard_photo_set", by, digest=taken.digest if taken else "")
    return guard


@transaction.atomic
def dismiss(*, guard: Guard, agency: Agency, last_day: date, reason: str, by: Membership) -> Employment:
    """End the guard's employment: from the day after, the agency no longer sees him. What he did stays.

    Raises Refused while he is assigned anywhere for a later day: those assignments are named, and ended first.
    """
    guard = Guard.objects.select_for_update().get(pk=guard.pk)
    if reason not in DISMISSAL_REASONS:
        raise Refused(_("Choose the reason from the list."), field="reason")
    employment = employment_of(guard, agency)
    if employment is None:
        raise Refused(_("%(guard)s is not on your staff any more.") % {"guard": guard.name})
    if last_day < employment.first_day:
        raise Refused(
            _("He came on your staff on %(day)s: the last day is that day or later.")
            % {"day": day_words(employment.first_day)},
            field="last_day",
        )
    if employment.last_day and last_day > employment.last_day:
        raise Refused(
            _("The employment already ends on %(day)s: the last day is that day or earlier.")
            % {"day": day_words(employment.last_day)},
            field="last_day",
        )
    if still_open := assigned_after(guard, agency, last_day):
        raise Refused(_assigned_sentence(guard, still_open), field="last_day")
    employment.last_day, employment.end_reason = last_day, reason
    employment.save(update_fields=["last_day", "end_reason"])
    record_about(guard, "guard_dismissed", by, last_day=last_day.isoformat(), reason=reason)
    return employment


def employment_of(guard: Guard, agency: Agency) -> Employment | None:
    """The employment that holds today or is to come; None where it is over."""
    held = Employment.objects.not_ended(timezone.localdate()).filter(guard=guard, agency=agency)
    return held.order_by("first_day").first()


def assigned_after(guard: Guard, agency: Agency, day: date) -> list[Assignment]:
    """The agency's assignments of the guard that are not over by a day."""
    held = Assignment.objects.holding().filter(guard=guard, agency=agency).overlapping(day + ONE_DAY, None)
    return list(held.select_related("post__school").order_by("first_day"))


def _assigned_sentence(guard: Guard, held: list[Assignment]) -> str:
    places = "; ".join(
        _("%(school)s, post “%(post)s”") % {"school": one.post.school.name, "post": one.post.name} for one in held
    )
    return _("%(guard)s is still assigned after that day: %(places)s. End or withdraw that first.") % {
        "guard": guard.name,
        "places": places,
    }


def _is_called(guard: Guard, family_name: str, given_name: str) -> bool:
    """Whether one of the names agrees: a person may have married, but hardly changed both of his names."""
    return guard.family_name.casefold() == family_name.casefold() or (
        guard.given_name.casefold() == given_name.casefold()
    )


def _enter(guard: Guard) -> Guard:
    """Put a new person into the register; two who do so at once are told apart by the database."""
    try:
        with transaction.atomic():
            guard.save(force_insert=True)
    except IntegrityError as fault:
        raise Refused(
            _("Somebody entered this person at the same moment. Send the form again."), field="iin"
        ) from fault
    return guard
