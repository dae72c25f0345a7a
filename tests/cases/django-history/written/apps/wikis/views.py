"""Wikis over HTTP."""

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.request import Request

from apps.core.schema import FILE, documented, page_of
from apps.core.views import EntityViewSet
from apps.history.views import HistoryRead, page
from apps.wikis import permissions, services
from apps.wikis.serializers import WikiCreate, WikiRead, WikiReplace, WikiUpdate


class WikiViewSet(EntityViewSet):
    """Wikis."""

    shown = WikiRead

    @documented("list_wikis", 401, 403, 422, answer=page_of(WikiRead))
    def list(self, request: Request) -> HttpResponse:
        """Wikis: anyone."""
        return self.page()

    @documented("export_wikis", 401, 403, 422, answer=FILE)
    def export(self, request: Request) -> StreamingHttpResponse:
        """All wikis of a list, streamed: anyone."""
        return self.exported()

    @documented("get_wiki", 401, 404, 422, answer=WikiRead)
    def retrieve(self, request: Request, id: str) -> HttpResponse:
        """One wiki: anyone."""
        return self.item(id)

    @documented("wiki_history", 401, 404, 422, answer=page_of(HistoryRead))
    def history(self, request: Request, id: str) -> HttpResponse:
        """Who changed a wiki, what and when."""
        return page(self.rows, self.caller, self.rows.key(id), request)

    @documented("create_wiki", 400, 401, 403, 409, 415, 422, status=201, request=WikiCreate, answer=WikiRead)
    def create(self, request: Request) -> HttpResponse:
        """Make a wiki: signed_in."""
        with self.creating(permissions.create) as change:
            services.create(change, change.body(WikiCreate))
            return change.created()

    @documented("update_wiki", 400, 401, 403, 404, 409, 412, 415, 422, request=WikiUpdate, answer=WikiRead)
    def partial_update(self, request: Request, id: str) -> HttpResponse:
        """Change a wiki: signed_in."""
        with self.changing(id, permissions.update) as change:
            services.update(change, change.body(WikiUpdate))
            return change.done()

    @documented("replace_wiki", 400, 401, 403, 404, 409, 412, 415, 422, request=WikiReplace, answer=WikiRead)
    def update(self, request: Request, id: str) -> HttpResponse:
        """Replace a wiki: signed_in."""
        with self.changing(id, permissions.update) as change:
            services.update(change, change.body(WikiReplace))
            return change.done()

    @documented("delete_wiki", 401, 403, 404, 409, 412, 422, status=204)
    def destroy(self, request: Request, id: str) -> HttpResponse:
        """Delete a wiki: signed_in."""
        with self.deleting(id, permissions.delete) as change:
            services.delete(change)
            return change.gone()
