"""The pages at /docs and the document at /openapi.json. Nothing of them is loaded from elsewhere."""

from functools import cache
from importlib.resources import files
from mimetypes import guess_type
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from apps.core.errors import MethodNotAllowed, NotFound

HERE, ASSETS = Path(__file__), Path(str(files("drf_spectacular_sidecar"))) / "static/drf_spectacular_sidecar/swagger-ui-dist"
FILES = {
    "": HERE.with_suffix(".html"),
    "start.js": HERE.with_suffix(".js"),  # the content policy allows no script inside a page
    "favicon.png": ASSETS / "favicon-32x32.png",
    **{name: ASSETS / name for name in ("swagger-ui-bundle.js", "swagger-ui.css")},
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@csrf_exempt
def page(request: HttpRequest, name: str = "") -> HttpResponse:
    """The API to read and to try, and the scripts, styles and icon of that page."""
    _only_read(request)
    if name not in FILES:
        raise NotFound()
    kind = guess_type(FILES[name].name)[0] or "text/plain"
    kind += "; charset=utf-8" if kind.startswith("text/") else ""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "max-age=3600"}
    return HttpResponse(FILES[name].read_bytes(), kind, headers=headers)


@csrf_exempt
def document(request: HttpRequest) -> HttpResponse:
    """The API to programs."""
    _only_read(request)
    return HttpResponse(_written(), "application/json")


def _only_read(request: HttpRequest) -> None:
    if request.method not in ("GET", "HEAD"):
        refused = MethodNotAllowed()
        refused.headers = {"Allow": "GET, HEAD"}
        raise refused


@cache
def _written() -> bytes:
    return OpenApiJsonRenderer().render(SchemaGenerator().get_schema(public=True))


urlpatterns = [
    path("openapi.json", document),
    path("docs", page),
    path("docs/<name>", page),
]
