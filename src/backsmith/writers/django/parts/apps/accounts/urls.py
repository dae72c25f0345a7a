"""The endpoints of signing in, of the own account, and of all accounts."""

from django.urls import include, path

from apps.accounts import account, keys, registration, sessions, users

urlpatterns = [
    *(path("auth/", include(part)) for part in (account, keys, registration, sessions)),
    path("", include(users)),
]
