"""The roles a person can act in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Who somebody is while he acts for an organisation; a regulator without a region acts for the whole country."""

    AGENCY_MANAGER = "agency_manager", _("Agency manager")
    SCHOOL_DIRECTOR = "school_director", _("School director")
    REGULATOR = "regulator", _("Regulator")
