"""`Idempotency-Key` on POST: sent again, a request is answered again, and has one effect.

A key is claimed in a short transaction of its own. The answer is stored in the transaction of the effect, so that there
is never the one without the other; a claim whose process died is taken over when its lease has run out, and its first
holder can then store nothing any more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.http import HttpResponse
from django.utils.timezone import now
from rest_framework.request import Request

from apps.core import errors, fields
from apps.core.caller import Caller
from apps.core.errors import Conflict, FieldError, Invalid, Problem
from config.environment import settings

LEASE, KEPT = timedelta(seconds=2 * settings.request_timeout), timedelta(hours=24)
"""How long a claim holds: without an answer longer than any request may take, and with one."""
LONGEST = 255
UNSTORED = {401, 408, 413, 429}  # besides 5xx: what another try may well answer otherwise


class IdempotencyKey(models.Model):
    """A claimed key, and the answer when there is one. `key` and `request` are digests of what was sent."""

    key = fields.CharField(max_length=64, primary_key=True)
    request = fields.CharField(max_length=64)
    holder = models.UUIDField()
    expires_at = models.DateTimeField()
    status = models.IntegerField(null=True)
    headers = models.JSONField(null=True)
    body = models.BinaryField(null=True)

    class Meta:
        app_label = "core"
        db_table = "idempotency_keys"
        indexes = (models.Index(fields=["expires_at"], name="idempotency_keys_expires_at"),)

    def __str__(self) -> str:
        return str(self.key)


class Answered(Exception):
    """There is an answer already."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


@dataclass(slots=True)
class Claim:
    """A key that this request holds."""

    key: str
    holder: UUID

    def store(self, response: HttpResponse) -> None:
        """Keep the answer, in the transaction of its effect. Raises Conflict where the claim was taken over."""
        headers = {name.lower(): value for name, value in response.headers.items() if name.lower() != "content-length"}
        mine = IdempotencyKey.objects.filter(key=self.key, holder=self.holder, status=None)
        answer = {"status": response.status_code, "headers": headers, "body": response.content}
        if mine.update(expires_at=now() + KEPT, **answer) == 0:
            raise _in_flight()

    def fail(self, error: BaseException) -> None:
        """Keep what the caller is told of an error; let the key go where another try may end otherwise."""
        told = errors.problem_of(error) if isinstance(error, Exception) else None
        with transaction.atomic():
            if told is not None and told.status < 500 and told.status not in UNSTORED:
                self.store(errors.answer(told))
            else:
                IdempotencyKey.objects.filter(key=self.key, holder=self.holder).delete()


@contextmanager
def claimed(request: Request, caller: Caller) -> Iterator[Claim | None]:
    """The claim of a request that sends a key, for as long as it is worked on; a refusal is stored too.

    Raises Answered where there is an answer already, Conflict where the first request is still in flight, Invalid where
    the key was sent with another body.
    """
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        yield None
        return
    if not 0 < len(key) <= LONGEST:
        raise Invalid([FieldError("Idempotency-Key", "too_long", f"A key has 1 to {LONGEST} characters.")])
    who = caller.id or f"stranger {request.META.get('REMOTE_ADDR', '')}"
    owned = f"{who}\0{caller.tenant}\0{request.path}\0{key}"
    said = request.META["QUERY_STRING"].encode() + b"\0" + request.body
    claim = _claim(sha256(owned.encode()).hexdigest(), sha256(said).hexdigest())
    try:
        yield claim
    except BaseException as error:
        claim.fail(error)
        raise


def _claim(key: str, said: str) -> Claim:
    claim, moment = Claim(key, uuid4()), now()
    with transaction.atomic():
        IdempotencyKey.objects.filter(expires_at__lt=moment).delete()
        row = IdempotencyKey(key=key, request=said, holder=claim.holder, expires_at=moment + LEASE)
        IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
        found: Any = IdempotencyKey.objects.filter(key=key).first()
    if found is not None and found.holder == claim.holder:
        return claim
    if found is not None and found.request != said:
        raise Invalid([FieldError("Idempotency-Key", "key_reused", "This key was sent with another request.")])
    if found is None or found.status is None:
        raise _in_flight()
    headers = {**found.headers, "Idempotent-Replay": "true"}
    raise Answered(HttpResponse(bytes(found.body), status=found.status, headers=headers))


def _in_flight() -> Problem:
    problem = Conflict("in_flight", "Idempotency-Key", "The first request with this key is still being answered.")
    problem.headers = {"Retry-After": "1"}
    return problem
