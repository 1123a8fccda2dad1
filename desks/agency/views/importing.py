"""Bringing in sheets: what was sent, and one sheet on its way into the register."""

import uuid
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks import returning
from desks.agency import importing as words
from desks.agency.import_forms import MatchForm, MendForm, SendForm
from desks.lists import export_file, list_page, show_list
from exchange import importing, tasks
from exchange.models import Import
from exchange.sheets import writing
from exchange.sheets.kinds import KINDS
from files.intake import CSV, XLSX
from files.models import StoredFile
from files.serving import file_response
from staffing.refusals import Refused

Work = Import.Work
# In the session: the file that this person has loaded and is not yet told of.
LOADING = "agency:loading"
TEMPLATES = {"xlsx": (writing.template, XLSX), "csv": (writing.template_csv, CSV)}


@allow(Role.AGENCY_MANAGER)
def imports(request: MemberRequest) -> HttpResponseBase:
    """The files that were sent, the templates, and a form to send another."""
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = SendForm(data, files, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        one = importing.send(**form.cleaned_data, by=request.membership)
        tasks.begin(of=one, work=Work.CHECK, by=request.membership)
        return returning.on(request, "agency:import", public_id=one.public_id)
    page = list_page(
        request,
        words.listed(request.membership),
        sorts=words.SORTS,
        default="sent",
        prepare=words.hang_words,
    )
    if page.wants_file:
        return export_file(page, words.COLUMNS, "imports")
    return show_list(request, "agency/imports.html", {"page": page, "form": form, "kinds": words.kinds()})


@allow(Role.AGENCY_MANAGER)
def import_template(request: MemberRequest, kind: str, ending: str) -> HttpResponse:
    """An empty sheet to be filled in, in the reader's language."""
    if kind not in KINDS or ending not in TEMPLATES:
        raise Http404
    make, content_type = TEMPLATES[ending]
    response = HttpResponse(make(KINDS[kind], request.membership.agency), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{kind}.{ending}"'
    return response


@allow(Role.AGENCY_MANAGER)
def import_file(request: MemberRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """One file: where it stands, its faults, what can be done next; once it is loaded, back to where it was begun."""
    one = _own(request, public_id)
    if one.state == Import.State.LOADED and request.session.get(LOADING) == str(public_id):
        del request.session[LOADING]
        messages.success(request, words.loaded(one))
        if request.htmx:
            return HttpResponseClientRedirect(returning.asked(request) or request.path)
        if returning.asked(request):
            return returning.back(request, "agency:import", public_id=public_id)
    return _page(request, one, MendForm())


@allow(Role.AGENCY_MANAGER)
def import_match(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say which column is which."""
    one = _own(request, public_id)
    if not one.heads or one.state not in (Import.State.UPLOADED, Import.State.CHECKED):
        return returning.on(request, "agency:import", public_id=public_id)
    form = MatchForm(request.POST if request.method == "POST" else None, of=one)
    if request.method == "POST" and form.is_valid():
        try:
            importing.match(of=one, names=form.names, by=request.membership)
            tasks.begin(of=one, work=Work.CHECK, by=request.membership)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return returning.on(request, "agency:import", public_id=public_id)
    return render(request, "agency/import_match.html", {"one": one, "form": form})


@require_POST
@allow(Role.AGENCY_MANAGER)
def import_mend(request: MemberRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The rows at fault come back mended."""
    one = _own(request, public_id)
    form = MendForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            importing.mend(of=one, file=form.cleaned_data["file"], by=request.membership)
            tasks.begin(of=one, work=Work.CHECK, by=request.membership)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return returning.on(request, "agency:import", public_id=public_id)
    return _page(request, one, form)


@require_POST
@allow(Role.AGENCY_MANAGER)
def import_load(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Load a file without a fault."""
    request.session[LOADING] = str(public_id)
    return _begin(request, public_id, Work.LOAD)


@allow(Role.AGENCY_MANAGER)
def import_undo(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then take out what a file brought in."""
    if request.method == "POST":
        return _begin(request, public_id, Work.UNDO)
    return render(request, "agency/import_undo.html", {"one": _own(request, public_id)})


@allow(Role.AGENCY_MANAGER)
def import_original(request: MemberRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The file as it was sent."""
    return file_response(_own(request, public_id).file)


@allow(Role.AGENCY_MANAGER)
def import_rows(request: MemberRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The rows at fault, to be mended."""
    return file_response(get_object_or_404(StoredFile, pk=_own(request, public_id).to_mend_id))


def _own(request: MemberRequest, public_id: uuid.UUID) -> Import:
    own = Import.objects.visible_to(request.membership).select_related("agency", "file", "sent_by__user")
    return get_object_or_404(own, public_id=public_id)


def _begin(request: MemberRequest, public_id: uuid.UUID, work: str) -> HttpResponse:
    try:
        tasks.begin(of=_own(request, public_id), work=work, by=request.membership)
    except Refused as refused:
        messages.warning(request, str(refused))
    return returning.on(request, "agency:import", public_id=public_id)


def _page(request: MemberRequest, one: Import, form: MendForm) -> HttpResponseBase:
    page = list_page(
        request,
        words.faults_of(one),
        sorts=words.FAULT_SORTS,
        default="row",
        size=50,
        prepare=partial(words.hang_heads, one),
    )
    if page.wants_file:
        return export_file(page, words.FAULT_COLUMNS, "faults")
    return show_list(request, "agency/import.html", {"file": words.ImportFile(one, page, form), "page": page})
