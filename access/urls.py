"""Addresses of the choices in the header."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from access import views

urlpatterns = [
    path("choose/membership/", views.choose_membership, name="choose_membership"),
    path("choose/theme/", views.set_theme, name="set_theme"),
    path("choose/language/", login_not_required(set_language), name="set_language"),
]
