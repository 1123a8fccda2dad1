"""Addresses of this desk."""

from django.urls import path

from desks.school.views import causes, disagreements, door, history, proposals, relief, requirements, requiring

app_name = "school"
urlpatterns = [
    path("", door.door, name="door"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<uuid:public_id>/", proposals.proposal, name="proposal"),
    path("proposals/<uuid:public_id>/decline/", proposals.decline, name="decline"),
    path("proposals/<uuid:public_id>/ask/", proposals.ask, name="ask"),
    path("relief/<uuid:public_id>/", relief.relief, name="relief"),
    path("causes/<uuid:public_id>/", causes.cause, name="cause"),
    path("requirements/", requirements.requirements, name="requirements"),
    path("requirements/ask/", requiring.ask, name="require"),
    path("requirements/<path:module>/words/", requiring.words, name="requirement_words"),
    path("requirements/<path:module>/end/", requiring.end, name="requirement_end"),
    path("history/", history.history, name="history"),
    path("history/months/", history.months, name="months"),
    path("disagreements/", disagreements.disagreements, name="disagreements"),
    path("disagreements/<uuid:post>/<uuid:guard>/<str:on>/", disagreements.disagreement, name="disagreement"),
    path("findings/", history.findings, name="findings"),
    path("findings/<uuid:public_id>/", history.finding, name="finding"),
]
