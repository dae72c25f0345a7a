"""The paths of doors."""

from django.urls import path

from apps.doors.views import DoorViewSet

urlpatterns = [
    path("doors", DoorViewSet.as_view({"get": "list", "post": "create"})),
    path("doors/export", DoorViewSet.as_view({"get": "export"})),
    path(
        "doors/<id>",
        DoorViewSet.as_view({"get": "retrieve", "patch": "partial_update", "put": "update", "delete": "destroy"}),
    ),
    path("doors/<id>/close", DoorViewSet.as_view({"post": "close"})),
    path("doors/<id>/lock", DoorViewSet.as_view({"post": "lock"})),
]
