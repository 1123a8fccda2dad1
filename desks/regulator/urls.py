"""Addresses of this desk."""

from django.urls import path

from desks.regulator.views import (
    agencies,
    causes,
    disagreements,
    findings,
    guards,
    law,
    modules,
    overview,
    papers,
    rehearsals,
    schools,
)

app_name = "regulator"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("agencies/", agencies.agencies, name="agencies"),
    path("agencies/compare/", agencies.compare, name="compare"),
    path("agencies/<uuid:public_id>/", agencies.agency, name="agency"),
    path("schools/", schools.schools, name="schools"),
    path("schools/<uuid:public_id>/", schools.school, name="school"),
    path("guards/", guards.guards, name="guards"),
    path("guards/<uuid:public_id>/", guards.guard, name="guard"),
    path("disagreements/", disagreements.disagreements, name="disagreements"),
    path("disagreements/<uuid:post>/<uuid:guard>/<str:on>/", disagreements.disagreement, name="disagreement"),
    path("modules/", modules.modules, name="modules"),
    path("modules/add/", modules.add, name="module_add"),
    path("causes/", causes.causes, name="causes"),
    path("causes/<uuid:public_id>/", causes.cause, name="cause"),
    path("papers/", papers.papers, name="papers"),
    path("papers/<uuid:public_id>/", papers.paper, name="paper"),
    path("findings/", findings.findings, name="findings"),
    path("findings/<uuid:public_id>/", findings.finding, name="finding"),
    path("findings/<uuid:public_id>/recompute/", findings.finding_replay, name="finding_replay"),
    path("findings/<uuid:public_id>/rows.csv", findings.finding_rows, name="finding_rows"),
    path("findings/<uuid:public_id>/proof.pdf", findings.finding_pdf, name="finding_pdf"),
    path("paragraph/", law.paragraph, name="paragraph"),
    path("paragraph/begin/", law.draft_begin, name="draft_begin"),
    path("paragraph/drafts/<uuid:public_id>/", law.draft, name="draft"),
    path("paragraph/drafts/<uuid:public_id>/edit/", law.draft_edit, name="draft_edit"),
    path("paragraph/drafts/<uuid:public_id>/add/", law.draft_add, name="draft_add"),
    path("paragraph/drafts/<uuid:public_id>/clauses/<str:number>/", law.draft_clause, name="draft_clause"),
    path("paragraph/drafts/<uuid:public_id>/clauses/<str:number>/repeal/", law.draft_repeal, name="draft_repeal"),
    path("paragraph/drafts/<uuid:public_id>/clauses/<str:number>/<slug:mark>/", law.draft_mark, name="draft_mark"),
    path("paragraph/drafts/<uuid:public_id>/do/<slug:step>/", law.draft_step, name="draft_step"),
    path("paragraph/drafts/<uuid:public_id>/rehearsal/", rehearsals.rehearsal, name="rehearsal"),
    path("paragraph/drafts/<uuid:public_id>/rehearsal/marks/", rehearsals.marks, name="rehearsal_marks"),
]
