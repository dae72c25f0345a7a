"""The pages at /docs and the document at /openapi.json. Nothing of them is loaded from elsewhere."""

from importlib.resources import files
from operator import attrgetter
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse
from pydantic import TypeAdapter

from app.core import cookies
from app.core.errors import CONTENT, NotFound, ProblemDocument

router = APIRouter(include_in_schema=False)
HERE, ASSETS = Path(__file__), Path(str(files("fastapi_offline"))) / "static"
FILES = {
    "": HERE.with_suffix(".html"),
    "start.js": HERE.with_suffix(".js"),  # the content policy allows no script inside a page
    **{name: ASSETS / name for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")},
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SCHEMES = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "Cookie": {"type": "apiKey", "in": "cookie", "name": cookies.ACCESS, "description": "With X-CSRF-Token to change."},
}
ANY: dict[int | str, Any] = {"default": {"description": "Any other problem.", "content": CONTENT}}


@router.get("/docs")
@router.get("/docs/{name}")
async def page(name: str = "") -> Response:
    """The API to read and to try, and the scripts, styles and icon of that page."""
    if name not in FILES:
        raise NotFound()
    return FileResponse(FILES[name], headers={"Content-Security-Policy": POLICY, "Cache-Control": "max-age=3600"})


class Documented(FastAPI):
    """An application with these pages, whose document names endpoints by their functions and knows problems."""

    def __init__(self, **options: Any) -> None:
        options |= {"docs_url": None, "redoc_url": None, "redirect_slashes": False, "responses": ANY}
        super().__init__(**options, generate_unique_id_function=attrgetter("name"))

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        problem = TypeAdapter(ProblemDocument).json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"] |= {**problem.pop("$defs"), "ProblemDocument": problem}
        document["components"]["securitySchemes"] |= SCHEMES
        for operation in (each for path in document["paths"].values() for each in path.values()):
            if "security" in operation:  # any one of them will do
                operation["security"] = [{name: []} for name in ("OAuth2", *SCHEMES)]
        return document
