"""The endpoints of signing in, of the own account, and of all accounts."""

from django.urls import include, path

from apps.accounts import account, invitations, keys, sessions, users

urlpatterns = [
    *(path("auth/", include(part)) for part in (account, invitations, keys, sessions)),
    path("", include(users)),
]
