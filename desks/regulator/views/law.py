"""Drafting the law: the paragraph with its drafts, and one draft from its first word to its publication."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from compliance import drafting
from compliance.drafting import Standing
from compliance.models import ClauseVersion, Draft, Paragraph
from compliance.predicates import RuleFault, rule_named
from desks.clauses import DayForm, law
from desks.regulator.drafts import STEPS, address, draft_file, hang_words, listed
from desks.regulator.law_forms import AddForm, CitationForm, ClauseForm, DraftForm, ReasonForm
from guards.refusals import Refused

PAGES = ("GET", "HEAD", "POST")
DRAFTS_SHOWN = 50


@require_safe
@allow(Role.REGULATOR)
def paragraph(request: MemberRequest) -> HttpResponse:
    """The paragraph as it reads on a day, what is to come, and its drafts."""
    today, form = timezone.localdate(), DayForm(request.GET or None)
    drafts = hang_words(listed(request.membership)[:DRAFTS_SHOWN])
    context = {
        "law": law(form.day(today), today),
        "today": today,
        "form": form,
        "drafts": drafts,
        "may_draft": _national(request),
    }
    return render(request, "regulator/paragraph.html", context)


@require_safe
@allow(Role.REGULATOR)
def draft(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One draft: what it changes, what keeps it from becoming law, what became of it."""
    return _page(request, _draft(request, public_id))


def _page(request: MemberRequest, one: Draft, refusal: str = "") -> HttpResponse:
    file = draft_file(one, request.membership, timezone.localdate())
    return render(request, "regulator/draft.html", {"file": file, "draft": one, "refusal": refusal})


@require_http_methods(PAGES)
@allow(Role.REGULATOR)
def draft_begin(request: MemberRequest) -> HttpResponse:
    """Begin a draft of the paragraph `?paragraph=`; with `?clause=` its form comes next."""
    asked = get_object_or_404(Paragraph, code=request.GET.get("paragraph", "school-guards"))
    form = DraftForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            begun = drafting.begin_draft(paragraph=asked, **form.cleaned_data, by=request.membership)
        except Refused as refused:
            _say(form, refused)
        else:
            number = request.GET.get("clause")
            next_page = reverse("regulator:draft_clause", args=[begun.public_id, number]) if number else address(begun)
            return redirect(next_page)
    context = {"form": form, "asked": asked, "draft": None, "may_draft": _national(request)}
    return render(request, "regulator/draft_form.html", context | {"paragraphs": _paragraphs()})


@require_http_methods(PAGES)
@allow(Role.REGULATOR)
def draft_edit(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give a draft another day or another reason."""
    one = _on_screen(request, public_id)
    initial = {"effective_from": one.effective_from, "why": one.why}
    form = DraftForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            drafting.change_draft(draft=one, **form.cleaned_data, by=request.membership)
        except Refused as refused:
            _say(form, refused)
        else:
            return redirect(address(one))
    context = {"form": form, "asked": one.paragraph, "draft": one, "may_draft": _national(request)}
    return render(request, "regulator/draft_form.html", context)


@require_http_methods(PAGES)
@allow(Role.REGULATOR)
def draft_clause(request: MemberRequest, public_id: uuid.UUID, number: str) -> HttpResponse:
    """Write how a clause is to read; of a new one the rule is named by `?rule=`."""
    one = _on_screen(request, public_id)
    before, drafted = _versions(one, number)
    code = request.GET.get("rule") or next((each.rule for each in (drafted, before) if each and each.rule), "")
    try:
        rule = rule_named(code)
    except RuleFault as fault:
        raise Http404 from fault
    form = ClauseForm(request.POST if request.method == "POST" else None, rule=rule, version=_filled(drafted, before))
    if form.is_valid():
        try:
            drafting.write_clause(
                draft=one,
                number=number,
                rule=code,
                parameters=form.parameters(),
                words=form.words(),
                is_new=before is None and drafted is None,
                by=request.membership,
            )
        except Refused as refused:
            _say(form, refused)
        else:
            messages.success(request, _("The draft holds clause %(number)s.") % {"number": number})
            return redirect(f"{address(one)}#clause-{number}")
    context = {"form": form, "draft": one, "number": number, "before": before, "may_draft": _national(request)}
    return render(request, "regulator/draft_clause.html", context | {"title": rule.title, "checks": rule.sentences()})


@require_http_methods(PAGES)
@allow(Role.REGULATOR)
def draft_add(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Choose the number and the rule of a new clause; its form comes next."""
    one = _on_screen(request, public_id)
    form = AddForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            number = drafting.new_number(one, form.cleaned_data["number"])
        except Refused as refused:
            _say(form, refused)
        else:
            page = reverse("regulator:draft_clause", args=[one.public_id, number])
            return redirect(f"{page}?rule={form.cleaned_data['rule']}")
    return render(request, "regulator/draft_add.html", {"form": form, "draft": one, "may_draft": _national(request)})


@require_http_methods(PAGES)
@allow(Role.REGULATOR)
def draft_repeal(request: MemberRequest, public_id: uuid.UUID, number: str) -> HttpResponse:
    """Write that a clause is to end."""
    one = _on_screen(request, public_id)
    before, drafted = _versions(one, number)
    if before is None:
        raise Http404
    initial = {name: getattr(drafted, name) for name in CitationForm.base_fields} if drafted else None
    form = CitationForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            drafting.repeal_clause(draft=one, number=number, words=form.words(), by=request.membership)
        except Refused as refused:
            _say(form, refused)
        else:
            return redirect(f"{address(one)}#clause-{number}")
    context = {"form": form, "draft": one, "number": number, "before": before, "may_draft": _national(request)}
    return render(request, "regulator/draft_repeal.html", context)


CLAUSE_ACTIONS = {"drop": drafting.drop_clause, "look": drafting.look_again}


@require_POST
@allow(Role.REGULATOR)
def draft_mark(request: MemberRequest, public_id: uuid.UUID, number: str, mark: str) -> HttpResponse:
    """Take a clause out of a draft, or say that one has looked at what became of it."""
    one = _on_screen(request, public_id)
    if mark not in CLAUSE_ACTIONS:
        raise Http404
    try:
        CLAUSE_ACTIONS[mark](draft=one, number=number, by=request.membership)
    except Refused as refused:
        return _page(request, one, str(refused))
    return redirect(address(one))


@require_http_methods(PAGES)
@allow(Role.REGULATOR)
def draft_step(request: MemberRequest, public_id: uuid.UUID, step: str) -> HttpResponse:
    """A question before something is done with a draft as a whole, and the doing of it."""
    one = _on_screen(request, public_id)
    if step not in STEPS:
        raise Http404
    asked = STEPS[step]
    form = ReasonForm(request.POST if request.method == "POST" else None) if asked.needs_reason else None
    refusal = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            asked.act(draft=one, **(form.cleaned_data if form else {}), by=request.membership)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, asked.done)
            return redirect(address(one))
    context = {"draft": one, "step": asked, "form": form, "refusal": refusal, "may_draft": _national(request)}
    return render(request, "regulator/draft_step.html", context)


def _draft(request: MemberRequest, public_id: uuid.UUID) -> Draft:
    known = Draft.objects.visible_to(request.membership).select_related("paragraph", "drafted_by", "handed_over_by")
    found: Draft = get_object_or_404(known.select_related("published_by", "revoking_by"), public_id=public_id)
    return found


def _on_screen(request: MemberRequest, public_id: uuid.UUID) -> Draft:
    """A draft that is drawn up on screen; in one that was read from a file nobody writes."""
    one = _draft(request, public_id)
    if one.drafted_by_id is None:
        raise Http404
    return one


def _versions(one: Draft, number: str) -> tuple[ClauseVersion | None, ClauseVersion | None]:
    """How a clause reads on the eve of the draft's day, and how the draft has it."""
    drafted = one.versions.select_related("clause").filter(clause__number=number).first()
    clause = one.paragraph.clauses.filter(number=number).first()
    day = one.effective_from or timezone.localdate()
    return (Standing.of([clause.pk]).before(clause.pk, day) if clause else None), drafted


def _filled(drafted: ClauseVersion | None, before: ClauseVersion | None) -> ClauseVersion | None:
    """What the form begins with: what the draft says, unless it repeals, else what is in force."""
    return drafted if drafted and drafted.rule else before


def _national(request: MemberRequest) -> bool:
    """Whether the officer may draft: the paragraph is one for the whole country."""
    return request.membership.region_id is None


def _paragraphs() -> list[Paragraph]:
    return sorted(Paragraph.objects.all(), key=lambda one: one.title)


def _say(form: Any, refused: Refused) -> None:
    """A refusal by its field, where the form has it."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))
