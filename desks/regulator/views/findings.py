"""What was found: the list, the proof of one, its rows and its document."""

import csv
import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from compliance.models import Finding
from compliance.replay import recorded_since, replay
from compliance.turnover import ENGINE_VERSION
from desks import answers, documents, history, proof, recurrence
from desks.lists import export_file, list_page, show_list
from desks.proof import replayed
from desks.regulator import findings as listing
from desks.regulator.filters import FindingFilter

# Guards named beside a proof; a large agency's stand in the rows.
NAMED_AT_MOST = 12


def _finding(request: MemberRequest, public_id: uuid.UUID) -> Finding:
    """The finding with all that its proof names; 404 where it is of another region."""
    known = Finding.objects.visible_to(request.membership).select_related(
        "version__clause__paragraph", "school__region", "agency__region", "guard", "region"
    )
    return get_object_or_404(known, public_id=public_id)


@allow(Role.REGULATOR)
def findings(request: MemberRequest) -> HttpResponseBase:
    """Every finding of the officer's region, or of the country."""
    page = list_page(
        request,
        listing.listed(request.membership),
        filterset=FindingFilter,
        sorts=listing.SORTS,
        default="-opened",
        prepare=listing.prepare(timezone.localdate()),
    )
    if page.wants_file:
        return export_file(page, listing.COLUMNS, "findings")
    return show_list(request, "regulator/findings.html", {"page": page})


@allow(Role.REGULATOR)
def finding(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """The proof of one finding."""
    one = _finding(request, public_id)
    given = answers.of_finding(one, request.membership, timezone.localdate())
    kin = recurrence.kin(one, request.membership, _address)
    guards = list(listing.guards_named(one, request.membership))
    return render(
        request,
        "regulator/finding.html",
        {
            "finding": one,
            "proof": answers.in_history(recurrence.in_history(proof.proof(one), kin), given),
            "kin": kin,
            "answers": given,
            "guards": guards[:NAMED_AT_MOST],
            "further_guards": max(len(guards) - NAMED_AT_MOST, 0),
            "csv_url": reverse("regulator:finding_rows", args=[public_id]),
            "pdf_url": reverse("regulator:finding_pdf", args=[public_id]),
        },
    )


def _address(finding: Finding) -> str:
    return reverse("regulator:finding", args=[finding.public_id])


@require_safe
@allow(Role.REGULATOR)
def finding_replay(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """The finding judged again, now: is it as it was written, does it follow from its rows, what changed since."""
    one = _finding(request, public_id)
    told = replayed.told(replay(one))
    since = history.notable(recorded_since(one))
    context = {
        "finding": one,
        "name": proof.name(one),
        "engine": ENGINE_VERSION,
        "replayed": told,
        "recorded": history.entries(since, request.membership) if told.trail else [],
    }
    return render(request, "regulator/replayed.html", context)


@allow(Role.REGULATOR)
def finding_rows(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """The rows that the finding rests on, in the form of the register package, so that anyone can compute it again."""
    one = _finding(request, public_id)
    columns, records = proof.rows(one)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="finding-{one.number}.csv"'
    writer = csv.writer(response)
    writer.writerows([columns, *records])
    return response


@allow(Role.REGULATOR)
def finding_pdf(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """The proof as a document: the same bytes each time, whatever became of the finding since."""
    one = _finding(request, public_id)
    address = request.build_absolute_uri(reverse("regulator:finding", args=[public_id]))
    return documents.pdf_response(
        request, "documents/finding.html", proof.document(one, address), f"finding-{one.number}"
    )
