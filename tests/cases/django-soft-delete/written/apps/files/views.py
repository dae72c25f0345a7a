"""Files over HTTP."""

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.request import Request

from apps.core.schema import FILE, documented, page_of
from apps.core.views import EntityViewSet
from apps.files import permissions, services
from apps.files.serializers import FileCreate, FileRead, FileReplace, FileUpdate


class FileViewSet(EntityViewSet):
    """Files."""

    shown = FileRead

    @documented("list_files", 401, 403, 422, answer=page_of(FileRead))
    def list(self, request: Request) -> HttpResponse:
        """Files: anyone."""
        return self.page()

    @documented("export_files", 401, 403, 422, answer=FILE)
    def export(self, request: Request) -> StreamingHttpResponse:
        """All files of a list, streamed: anyone."""
        return self.exported()

    @documented("get_file", 401, 404, 422, answer=FileRead)
    def retrieve(self, request: Request, id: str) -> HttpResponse:
        """One file: anyone."""
        return self.item(id)

    @documented("create_file", 400, 401, 403, 409, 415, 422, status=201, request=FileCreate, answer=FileRead)
    def create(self, request: Request) -> HttpResponse:
        """Make a file: signed_in."""
        with self.creating(permissions.create) as change:
            services.create(change, change.body(FileCreate))
            return change.created()

    @documented("update_file", 400, 401, 403, 404, 409, 412, 415, 422, request=FileUpdate, answer=FileRead)
    def partial_update(self, request: Request, id: str) -> HttpResponse:
        """Change a file: signed_in."""
        with self.changing(id, permissions.update) as change:
            services.update(change, change.body(FileUpdate))
            return change.done()

    @documented("replace_file", 400, 401, 403, 404, 409, 412, 415, 422, request=FileReplace, answer=FileRead)
    def update(self, request: Request, id: str) -> HttpResponse:
        """Replace a file: signed_in."""
        with self.changing(id, permissions.update) as change:
            services.update(change, change.body(FileReplace))
            return change.done()

    @documented("delete_file", 401, 403, 404, 409, 412, 422, status=204)
    def destroy(self, request: Request, id: str) -> HttpResponse:
        """Delete a file: signed_in."""
        with self.deleting(id, permissions.delete) as change:
            services.delete(change)
            return change.gone()

    @documented("restore_file", 401, 403, 404, 409, 412, 422, answer=FileRead)
    def restore(self, request: Request, id: str) -> HttpResponse:
        """Bring back a file that was deleted: signed_in."""
        with self.restoring(id, permissions.delete) as change:
            services.restore(change)
            return change.done()
