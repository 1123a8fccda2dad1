"""Addresses that need no sign-in."""

from django.urls import path

from desks.public import views

urlpatterns = [path("", views.home, name="home")]
