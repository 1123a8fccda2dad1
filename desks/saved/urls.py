"""Addresses of the filters that somebody keeps, the same for every role: each sees his own alone."""

from django.urls import path

from desks.saved import views

app_name = "saved"
urlpatterns = [
    path("", views.filters, name="filters"),
    path("<uuid:public_id>/delete/", views.delete, name="delete"),
]
