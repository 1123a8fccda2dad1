"""Addresses of this desk."""

from django.urls import path

from desks.school.views import door, history, proposals, requirements

app_name = "school"
urlpatterns = [
    path("", door.door, name="door"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<uuid:public_id>/", proposals.proposal, name="proposal"),
    path("proposals/<uuid:public_id>/decline/", proposals.decline, name="decline"),
    path("requirements/", requirements.requirements, name="requirements"),
    path("history/", history.history, name="history"),
    path("findings/", history.findings, name="findings"),
    path("findings/<uuid:public_id>/", history.finding, name="finding"),
]
