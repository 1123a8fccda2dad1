"""Who may sign in: `manage.py add_member EMAIL --name NAME --agency BIN | --school CODE | --region CODE | --country`.

With `--end` the same words end the membership. What is given says the role: an agency has managers, a school directors,
a region or the country regulators.
"""

from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from access.roles import Role
from accounts.actions import add_member, end_membership
from accounts.models import Membership, User
from agencies.models import Agency
from schools.models import Region, School


class Command(BaseCommand):
    help = "Lets a person act for an organisation, or with --end no longer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="by which the person signs in")
        parser.add_argument("--name", default="", help="given name and family name; needed once for each person")
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--agency", metavar="BIN", help="manager of the agency with this BIN")
        whose.add_argument("--school", metavar="CODE", help="director of the school with this code")
        whose.add_argument("--region", metavar="CODE", help="regulator of this region: two digits, such as 35")
        whose.add_argument("--country", action="store_true", help="regulator of the whole country")
        parser.add_argument("--end", action="store_true", help="end this membership today")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        held = _organisation(options)
        if options["end"]:
            self._end(options["email"], held)
            return
        known = User.objects.filter(email=options["email"].lower()).exists()
        if not known and not options["name"]:
            raise CommandError(f"{options['email']} is new here. Say the person's name: --name “Given Family”.")
        try:
            membership = add_member(email=options["email"], full_name=options["name"], by=None, **held)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{membership.user.full_name} now acts for {membership.organisation_key}.")
        if not membership.user.has_usable_password():
            self.stdout.write(f"The password is set at {_password_path(membership.user)}, within three days.")

    def _end(self, email: str, held: dict[str, Any]) -> None:
        membership = Membership.objects.in_use().filter(user__email=email.lower(), **held).first()
        if membership is None:
            raise CommandError(f"{email} does not act for this organisation, so there is nothing to end.")
        end_membership(membership=membership, on=timezone.localdate(), by=None)
        self.stdout.write(f"{membership.user.full_name} no longer acts for {membership.organisation_key}.")


def _organisation(options: dict[str, Any]) -> dict[str, Any]:
    """Role and organisation as the command line names them."""
    if options["agency"]:
        return {"role": Role.AGENCY_MANAGER, "agency": _found(Agency, "an agency with the BIN", bin=options["agency"])}
    if options["school"]:
        return {
            "role": Role.SCHOOL_DIRECTOR,
            "school": _found(School, "a school with the code", code=options["school"]),
        }
    region = _found(Region, "a region with the code", code=options["region"]) if options["region"] else None
    return {"role": Role.REGULATOR, "region": region}


def _found(model: type[Model], what: str, **by: str) -> Model:
    found = model._default_manager.filter(**by).first()
    if found is None:
        raise CommandError(f"The register does not hold {what} {next(iter(by.values()))}.")
    return found


def _password_path(user: User) -> str:
    """Where a person who has no password yet sets one; good for as long as a reset is."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
