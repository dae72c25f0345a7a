"""The pages at /docs and the document at /openapi.json. Nothing of them is loaded from elsewhere."""

from importlib.resources import files
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView

from apps.core.errors import NotFound

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


def page(request: HttpRequest, name: str = "") -> HttpResponseBase:
    """The API to read and to try, and the scripts, styles and icon of that page."""
    if request.method not in ("GET", "HEAD") or name not in FILES:
        raise NotFound()
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "max-age=3600"}
    return FileResponse(FILES[name].open("rb"), headers=headers)


urlpatterns = [
    path("openapi.json", SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[])),
    path("docs", page),
    path("docs/<name>", page),
]
