"""Addresses of this desk."""

from django.urls import URLPattern

app_name = "regulator"
urlpatterns: list[URLPattern] = []
