"""A verdict for tools."""

import json as encoder
from typing import Any

from backsmith.verify.model import Exchange, Failure, Report
from backsmith.verify.reports.summary import shown
from backsmith.verify.rules import RULES


def json(report: Report) -> str:
    """The report as a JSON document. Its shape is described in `docs/verify.md`."""
    document = {
        "target": report.target,
        "backend": report.backend,
        "seed": report.seed,
        "good": report.good,
        "seconds": round(report.seconds, 3),
        "requests": report.requests,
        "held": dict(report.held),
        "failures": [_failure(each, report.target) for each in report.failures],
        "more": dict(report.more),
        "untested": [{"rule": each.rule, "about": each.about, "reason": each.reason} for each in report.untested],
    }
    return encoder.dumps(document, indent=2) + "\n"


def _failure(failure: Failure, target: str) -> dict[str, Any]:
    return {
        "rule": failure.rule,
        "says": RULES[failure.rule],
        "about": failure.about,
        "message": failure.message,
        "exchanges": [_exchange(each, target) for each in failure.exchanges],
    }


def _exchange(exchange: Exchange, target: str) -> dict[str, Any]:
    request, answer = exchange.request, exchange.answer
    return {
        "who": request.who,
        "request": {
            "method": request.method,
            "path": request.path,
            "headers": [list(pair) for pair in request.headers],
            "body": shown(request.body),
        },
        "answer": None
        if answer is None
        else {
            "status": answer.status,
            "headers": [list(pair) for pair in answer.headers],
            "body": shown(answer.body),
            "seconds": round(answer.seconds, 4),
        },
        "error": exchange.error,
        "curl": exchange.curl(target),
    }
