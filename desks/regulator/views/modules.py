"""The catalogue of training modules: every version of each, and adding one."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from access.allow import allow
from access.requests import MemberRequest
from access.roles import Role
from desks.regulator.module_forms import ModuleForm
from guards.actions import requirements as actions
from guards.models import Module
from guards.refusals import Refused


@allow(Role.REGULATOR)
def modules(request: MemberRequest) -> HttpResponse:
    """The catalogue with how many schools ask for each version today."""
    today = timezone.localdate()
    asking = Q(requirements__first_day__lte=today) & (
        Q(requirements__last_day__isnull=True) | Q(requirements__last_day__gte=today)
    )
    found = Module.objects.annotate(schools=Count("requirements__school", filter=asking, distinct=True))
    rows = found.select_related("replaced_by").order_by("scope", "title_ru", "version", "pk")
    return render(request, "regulator/modules.html", {"modules": rows, "may_add": _may_add(request)})


@allow(Role.REGULATOR)
def add(request: MemberRequest) -> HttpResponse:
    """Add a module, or with `?of=` the next version of one."""
    code = request.GET.get("of", "")
    former = get_object_or_404(Module.objects.current(), code=code) if code else None
    form = ModuleForm(request.POST if request.method == "POST" else None, initial=_initial(former))
    if form.is_valid():
        try:
            module = actions.add_module(**form.cleaned_data, replaces=former, by=request.membership)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("The catalogue holds the module “%(module)s”.") % {"module": module})
            return redirect("regulator:modules")
    return render(request, "regulator/module_add.html", {"form": form, "former": former, "may_add": _may_add(request)})


def _may_add(request: MemberRequest) -> bool:
    return request.membership.region_id is None


def _initial(former: Module | None) -> dict[str, Any]:
    """What the version before says."""
    if former is None:
        return {}
    names = ("title_kk", "title_ru", "title_en", "scope", "hours", "valid_months")
    return {name: getattr(former, name) for name in names}
