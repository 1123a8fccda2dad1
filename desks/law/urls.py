"""Addresses of the law, the same for every role: a clause is named by its paragraph and its number."""

from django.urls import path

from desks.law import views

app_name = "law"
urlpatterns = [
    path("", views.paragraphs, name="paragraphs"),
    path("<slug:code>/<str:number>/", views.clause, name="clause"),
]
