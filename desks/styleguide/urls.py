"""Address of the styleguide."""

from django.urls import path

from desks.styleguide import views

app_name = "styleguide"
urlpatterns = [path("", views.index, name="index")]
