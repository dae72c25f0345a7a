"""Doors over HTTP."""

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.request import Request

from apps.core.schema import FILE, documented, page_of
from apps.core.views import EntityViewSet
from apps.doors import permissions, services
from apps.doors.serializers import DoorCreate, DoorRead, DoorReplace, DoorUpdate


class DoorViewSet(EntityViewSet):
    """Doors."""

    shown = DoorRead

    @documented("list_doors", 401, 403, 422, answer=page_of(DoorRead))
    def list(self, request: Request) -> HttpResponse:
        """Doors: anyone."""
        return self.page()

    @documented("export_doors", 401, 403, 422, answer=FILE)
    def export(self, request: Request) -> StreamingHttpResponse:
        """All doors of a list, streamed: anyone."""
        return self.exported()

    @documented("get_door", 401, 404, 422, answer=DoorRead)
    def retrieve(self, request: Request, id: str) -> HttpResponse:
        """One door: anyone."""
        return self.item(id)

    @documented("create_door", 400, 401, 403, 409, 415, 422, status=201, request=DoorCreate, answer=DoorRead)
    def create(self, request: Request) -> HttpResponse:
        """Make a door: signed_in."""
        with self.creating(permissions.create) as change:
            services.create(change, change.body(DoorCreate))
            return change.created()

    @documented("update_door", 400, 401, 403, 404, 409, 412, 415, 422, request=DoorUpdate, answer=DoorRead)
    def partial_update(self, request: Request, id: str) -> HttpResponse:
        """Change a door: signed_in."""
        with self.changing(id, permissions.update) as change:
            services.update(change, change.body(DoorUpdate))
            return change.done()

    @documented("replace_door", 400, 401, 403, 404, 409, 412, 415, 422, request=DoorReplace, answer=DoorRead)
    def update(self, request: Request, id: str) -> HttpResponse:
        """Replace a door: signed_in."""
        with self.changing(id, permissions.update) as change:
            services.update(change, change.body(DoorReplace))
            return change.done()

    @documented("delete_door", 401, 403, 404, 409, 412, 422, status=204)
    def destroy(self, request: Request, id: str) -> HttpResponse:
        """Delete a door: signed_in."""
        with self.deleting(id, permissions.delete) as change:
            services.delete(change)
            return change.gone()

    @documented("close_door", 401, 403, 404, 409, 412, 422, answer=DoorRead)
    def close(self, request: Request, id: str) -> HttpResponse:
        """Close a door that is open: signed_in."""
        with self.changing(id, permissions.close, "close") as change:
            services.close(change)
            return change.done()

    @documented("lock_door", 401, 403, 404, 409, 412, 422, answer=DoorRead)
    def lock(self, request: Request, id: str) -> HttpResponse:
        """Lock a door that is open or closed: guard."""
        with self.changing(id, permissions.lock, "lock") as change:
            services.lock(change)
            return change.done()
