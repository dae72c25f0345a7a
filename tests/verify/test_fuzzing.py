"""What Schemathesis is let judge: an answer without a body has no type of one."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import schemathesis

from backsmith.verify.checks.fuzzing import Fuzzer

PROBLEM = {"description": "A problem.", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "one", "version": "1"},
    "paths": {f"/{status}": {"get": {"responses": {"default": PROBLEM}}} for status in (200, 204, 304)},
}


class _Bare(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path[1:4]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    """A server that answers with the status that the path names, and nothing else."""
    server = HTTPServer(("127.0.0.1", 0), _Bare)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("status", "is_wrong"), [(200, True), (204, False), (304, False)])
def test_what_has_no_body_has_no_type(address: str, status: int, is_wrong: bool) -> None:
    fuzzer = Fuzzer.__new__(Fuzzer)
    fuzzer.schemathesis = schemathesis
    operation: Any = schemathesis.openapi.from_dict(DOCUMENT)[f"/{status}"]["GET"]
    case = operation.Case()
    assert bool(fuzzer._wrong(case, case.call(base_url=address))) is is_wrong
