"""Addresses of this desk."""

from django.urls import path

from desks.agency.views import ending, findings, guards, placing, proposals, schools, today

app_name = "agency"
urlpatterns = [
    path("", today.today, name="today"),
    path("guards/", guards.guards, name="guards"),
    path("guards/<uuid:public_id>/", guards.guard, name="guard"),
    path("schools/", schools.schools, name="schools"),
    path("schools/<uuid:public_id>/", schools.school, name="school"),
    path("schools/<uuid:public_id>/place/", placing.place, name="place"),
    path("place/", placing.place_choose, name="place_choose"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("assignments/<uuid:public_id>/withdraw/", proposals.withdraw, name="withdraw"),
    path("assignments/<uuid:public_id>/end/", ending.end, name="end"),
    path("findings/", findings.findings, name="findings"),
    path("findings/<uuid:public_id>/", findings.finding, name="finding"),
    path("findings/<uuid:public_id>/rows/", findings.finding_rows, name="finding_rows"),
]
