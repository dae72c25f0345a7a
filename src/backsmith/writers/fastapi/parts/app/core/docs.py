"""The pages at /docs and the document at /openapi.json. Nothing of them is loaded from elsewhere."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse

from app.core.errors import NotFound, problems, schemas

router = APIRouter(include_in_schema=False)
ASSETS = Path(str(files("fastapi_offline"))) / "static"
NAMES = frozenset({"swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"})
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API</title>
<link rel="icon" href="/docs/favicon.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = """SwaggerUIBundle({url: "/openapi.json", dom_id: "#ui", deepLinking: true, tryItOutEnabled: true});
"""


@router.get("/docs")
async def page() -> Response:
    """The API to read and to try."""
    return HTMLResponse(PAGE)


@router.get("/docs/start.js")
async def start() -> Response:
    """What the page runs: a file of its own, since the content policy allows no script inside a page."""
    return Response(START, media_type="text/javascript")


@router.get("/docs/{name}")
async def asset(name: str) -> Response:
    """A script, a style or an icon of the page."""
    if name not in NAMES:
        raise NotFound()
    return FileResponse(ASSETS / name, headers={"Cache-Control": "public, max-age=86400"})


class Documented(FastAPI):
    """An application whose OpenAPI document shows errors as they are answered: as problem documents."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            known = document.setdefault("components", {}).setdefault("schemas", {})
            known |= schemas()
            for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own, which are never answered
                known.pop(name, None)
            for path in document["paths"].values():
                for operation in path.values():
                    _correct(operation["responses"])
        assert self.openapi_schema is not None
        return self.openapi_schema


def _correct(responses: dict[str, Any]) -> None:
    """Say problem documents where FastAPI says otherwise, and for what can happen anywhere."""
    if "422" in responses:
        responses["422"] = problems(422)[422]
    content = problems(500)[500]["content"]
    responses.setdefault("default", {"description": "Any other problem.", "content": content})
