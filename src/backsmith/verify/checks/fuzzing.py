"""What nobody has thought of: requests that Schemathesis makes of the OpenAPI document, for a bounded time."""

import asyncio
import importlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from backsmith.verify import always
from backsmith.verify.checks.openapi import thinned
from backsmith.verify.court import STRANGER, Court, document
from backsmith.verify.model import Answer, Exchange, Request
from backsmith.verify.world import World

RULE = "fuzzing"
BUDGET = 12.0
"""Seconds for all operations; which are asked first is chosen by the seed."""
EXAMPLES = 4
"""How many requests are made of one operation."""
LEFT_OUT = ("/auth/", "/users")
"""What would lock the judge out is asked to be read alone."""
JUDGED = ("status_code_conformance", "content_type_conformance")
"""What Schemathesis judges itself; schemas are judged by `openapi`, without formats that libraries read differently."""

BODILESS = (204, 304)
"""Answers without a body have no type of one, whatever the document says of any other answer."""


async def fuzzing(court: Court, world: World) -> None:
    """Let Schemathesis make requests of the OpenAPI document, good ones and bad ones."""
    try:
        schemathesis: Any = importlib.import_module("schemathesis")
        hypothesis: Any = importlib.import_module("hypothesis")
    except ImportError:
        court.untested(RULE, "every operation", "schemathesis is not installed")
        return
    answer = await court.ask(STRANGER, "GET", "/openapi.json")
    found = document(answer)
    if not isinstance(found, dict):
        court.untested(RULE, "every operation", "there is no OpenAPI document")
        return
    # What it keeps for the next time would else be left where the command was called.
    kept = Path(tempfile.gettempdir()) / f"backsmith-hypothesis-{os.getuid()}"
    hypothesis.configuration.set_hypothesis_home_dir(kept)
    fuzzer = Fuzzer(court, world, schemathesis, hypothesis)
    await asyncio.to_thread(fuzzer.run, thinned(found))
    for exchange, message in fuzzer.found:
        always.judge(court, exchange)
        court.expect(not message, RULE, always.subject(exchange), message, exchange)


class Fuzzer:
    """Makes requests, one after the other, in a thread of its own. found: each with what is wrong about its answer."""

    def __init__(self, court: Court, world: World, schemathesis: Any, hypothesis: Any) -> None:
        self.court, self.schemathesis, self.hypothesis = court, schemathesis, hypothesis
        self.headers = world.admin.headers
        self.found: list[tuple[Exchange, str]] = []

    def run(self, found: Mapping[str, Any]) -> None:
        """Ask every operation, until the time is over."""
        schema = self.schemathesis.openapi.from_dict(dict(found))
        operations = [each.ok() for each in schema.get_all_operations()]
        self.court.random.shuffle(operations)
        end = monotonic() + BUDGET
        for place, operation in enumerate(operations):
            if monotonic() > end:
                left = f"{len(operations) - place} of {len(operations)} operations"
                self.court.untested(RULE, left, f"the time of {BUDGET:.0f} s was over")
                return
            if operation.method.lower() == "get" or not any(part in operation.path for part in LEFT_OUT):
                self._ask(operation)

    def _ask(self, operation: Any) -> None:
        hypothesis = self.hypothesis
        settings = hypothesis.settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
            derandomize=False,
        )

        @hypothesis.seed(self.court.seed)  # type: ignore[untyped-decorator]
        @settings  # type: ignore[untyped-decorator]
        @hypothesis.given(case=operation.as_strategy())  # type: ignore[untyped-decorator]
        def ask(case: Any) -> None:
            self._send(case)

        try:
            ask()
        except hypothesis.errors.HypothesisException:
            self.court.untested(RULE, operation.label, "Schemathesis finds no request that fits the document")

    def _send(self, case: Any) -> None:
        self.court.requests += 1
        response = case.call(base_url=self.court.target.url, headers=self.headers)
        sent = response.request
        body = sent.body or b""
        address = str(sent.url).removeprefix(self.court.target.url)
        request = Request(
            method=str(sent.method),
            path=address,
            headers=tuple((str(name), str(value)) for name, value in sent.headers.items()),
            body=body.encode() if isinstance(body, str) else bytes(body),
            who="schemathesis",
        )
        answer = Answer(
            status=response.status_code,
            headers=tuple((name.lower(), ", ".join(values)) for name, values in response.headers.items()),
            body=response.content,
            seconds=response.elapsed,
        )
        self.found.append((Exchange(request=request, answer=answer), self._wrong(case, response)))

    def _wrong(self, case: Any, response: Any) -> str:
        """What Schemathesis says of an answer; nothing where it is as the document says."""
        core = importlib.import_module("schemathesis.core.failures")
        names = [name for name in JUDGED if response.status_code not in BODILESS or name != "content_type_conformance"]
        checks = [getattr(self.schemathesis.checks, name, None) for name in names]
        try:
            case.validate_response(response, checks=[each for each in checks if each is not None])
        except core.FailureGroup as group:
            return "; ".join(str(each).split("\n")[0] for each in group.exceptions)[:300]
        except core.Failure as failure:
            return str(failure).split("\n")[0][:300]
        return ""
