"""Who sits where: one prefix for each desk."""

from django.urls import include, path

urlpatterns = [
    path("", include("desks.public.urls")),
    path("accounts/", include("accounts.urls")),
    path("", include("access.urls")),
    path("agency/", include("desks.agency.urls")),
    path("school/", include("desks.school.urls")),
    path("regulator/", include("desks.regulator.urls")),
    path("private/", include("desks.private.urls")),
    path("law/", include("desks.law.urls")),
    path("filters/", include("desks.saved.urls")),
    path("styleguide/", include("desks.styleguide.urls")),
]
