"""Addresses of private files, the same for every role: who may open one is decided by the record that names it."""

from django.urls import path

from desks.private import views

app_name = "private"
urlpatterns = [
    path("guards/<uuid:public_id>/photo/", views.photo, name="photo"),
    path("papers/<uuid:public_id>/scan/", views.scan, name="scan"),
    path("causes/<uuid:public_id>/proof/", views.cause, name="cause"),
    path("answers/<uuid:public_id>/files/<uuid:file>/", views.answer_file, name="answer_file"),
]
