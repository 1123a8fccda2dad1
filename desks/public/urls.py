"""Addresses that need no sign-in."""

from django.urls import path

from desks.public import certificates, views

urlpatterns = [
    path("", views.home, name="home"),
    path("verify/training/<str:token>/", certificates.certificate, name="training_certificate"),
]
