"""The page of the styleguide."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from desks.components import TONES
from desks.lists import show_list
from desks.styleguide import proofs, samples
from desks.styleguide.forms import SampleFilter, SampleForm

WRONG = {"last_day": "31.11.2026", "iin": "9912315000", "school": "12", "ground": "", "reason": "own"}
COLOURS = ("paper", "surface", "sunken", "ink", "ink2", "act", "ok", "warn", "bad", "edge")


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every component once, in every state."""
    wrong = SampleForm({f"wrong-{name}": value for name, value in WRONG.items()}, prefix="wrong")
    context = {
        "today": samples.TODAY,
        "names": samples.NAMES,
        "icons": samples.ICONS,
        "statuses": list(TONES),
        "colours": COLOURS,
        "entries": samples.entries(),
        "pages": samples.pages(),
        "blocks": samples.blocks(),
        "form": SampleForm(),
        "wrong": wrong,
        "filter": SampleFilter(prefix="filter"),
        "proof": proofs.sample(),
        "kin": proofs.kin(),
        "clause_change": proofs.change(),
        "warning": samples.warning(),
        **samples.pictures(),
    }
    return show_list(request, "styleguide/index.html", context)
