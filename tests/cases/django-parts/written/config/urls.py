"""All paths of the application."""

from django.contrib import admin
from django.urls import include, path

from apps.core import docs, health

API = [
    path("", include("apps.invoices.urls")),
    path("", include("apps.accounts.urls")),
]

urlpatterns = [
    path("api/v1/", include(API)),
    path("admin/", admin.site.urls),
    path("", include(docs)),
    path("", include(health)),
]
handler404 = "apps.core.errors.not_found"
