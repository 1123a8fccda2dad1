"""What the guards have learned: the matrix with its gaps, what the schools require, and certificates."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import documents
from desks import training as taught
from desks.agency import training
from desks.agency.training_filters import RequirementFilter, TrainingFilter
from desks.lists import Column, export_file, list_page, show_list
from guards.models import Guard, Module, Requirement, TrainingRecord

REQUIREMENT_SORTS = {"school": ("school__name_ru", "module__code"), "since": ("-first_day",)}


@allow(Role.AGENCY_MANAGER)
def matrix(request: MemberRequest) -> HttpResponseBase:
    """Guards against modules: what each has, lacks, and is about to lose; above it the gaps to plan sessions for."""
    today, member = timezone.localdate(), request.membership
    page = list_page(
        request,
        Guard.objects.visible_to(member),
        filterset=TrainingFilter,
        sorts=training.SORTS,
        default="name",
    )
    assert isinstance(page.filter, TrainingFilter)
    # School and module narrow the columns too: they are known once the filter has read the address.
    chosen = page.filter.chosen
    modules = training.columns(member, today, **chosen)
    prepare = partial(training.hang_cells, membership=member, today=today, modules=modules, school=chosen["school"])
    if page.wants_file:
        return export_file(replace(page, prepare=prepare), training.csv_columns(modules), "training")
    prepare(page.rows)
    gaps = training.gaps(member, today)
    context = {"page": page, "modules": modules, "gaps": gaps[: training.GAPS_SHOWN], "all_gaps": len(gaps)}
    return show_list(request, "agency/training.html", context)


@allow(Role.AGENCY_MANAGER)
def requirements(request: MemberRequest) -> HttpResponseBase:
    """What each school requires and since when, and the catalogue from which schools choose."""
    today = timezone.localdate()
    page = list_page(
        request,
        Requirement.objects.visible_to(request.membership).not_ended(today).select_related("school", "module"),
        filterset=RequirementFilter,
        sorts=REQUIREMENT_SORTS,
        default="school",
        prepare=partial(training.hang_terms, today=today),
    )
    if page.wants_file:
        return export_file(page, requirement_columns(), "requirements")
    catalogue = Module.objects.current().order_by("scope", "code")
    return show_list(request, "agency/training_requirements.html", {"page": page, "catalogue": catalogue})


def requirement_columns() -> list[Column]:
    return [
        Column(_("School"), lambda row: row.school.name),
        Column(_("Module"), lambda row: row.module.title),
        Column(_("Version"), lambda row: row.module.version),
        Column(_("Kind"), lambda row: row.module.get_scope_display()),
        Column(_("Asked for since"), "first_day"),
        Column(_("Asked for until"), "last_day"),
        Column(_("What the school says"), "briefing"),
    ]


@allow(Role.AGENCY_MANAGER)
def certificate(request: MemberRequest, token: str) -> HttpResponse:
    """The certificate of a completed module, with the address at which anyone can verify it."""
    own = TrainingRecord.objects.filter(guard__in=Guard.objects.visible_to(request.membership))
    record = taught.certified(own, token)
    if record is None:
        raise Http404
    return documents.pdf_response(
        request, "documents/certificate.html", certificate_context(request, record), f"certificate-{record.pk}"
    )


def certificate_context(request: MemberRequest, record: TrainingRecord) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("training_certificate", args=[taught.token(record)]))
    return {
        "record": record,
        "title": documents.in_both(gettext_lazy("Training certificate")),
        "check": documents.in_both(gettext_lazy("Verify it here")),
        "agency": taught.taught_by(record),
        "address": address,
        "qr": documents.qr(address),
        "created": documents.document_date(record.completed_on),
        "language": get_language(),
    }
