"""What no body may hold, whatever its schema: documents that are no JSON, or that readers read differently; bodies of
another type, or of too many bytes."""

import json
from dataclasses import dataclass

from backsmith.contract.model import Kind
from backsmith.design import types
from backsmith.verify.court import Court, codes, status
from backsmith.verify.groups import together
from backsmith.verify.mistakes import placed
from backsmith.verify.model import Exchange
from backsmith.verify.subjects import Subject, fetched, subjects
from backsmith.verify.world import World

HERE = "7a0f-here"
"""Stands where raw text is put into a document."""
LARGE = 10 * 1024 * 1024
DEEP = 100
BOTTOMLESS = 50_000
SAMPLED = 3
"""What makes a row is sent everything; all else each third, since bodies are read in one place or in many alike."""
NUMBERS = types.Int | types.BigInt | types.Float | types.Decimal
RAW = {"NaN": b"NaN", "Infinity": b"Infinity", "-Infinity": b"-Infinity", "1e999": b"1e999"}
TEXTS = {
    "a lone surrogate": b'"\\ud800"',
    "broken UTF-8": b'"\xff"',
    "UTF-8 that is longer than it needs to be": b'"\xc0\xaf"',
    "a control character": b'"a\nb"',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One body as bytes: what is strange about it, and the rule, the statuses and the code that answer it."""

    what: str
    content: bytes
    rule: str = "unreadable"
    statuses: tuple[int, ...] = (400,)
    code: str | None = "json"
    media: str | None = "application/json"


async def hard_values(court: Court, world: World) -> None:
    """Send each endpoint that takes a body what it cannot take."""
    async for subject in subjects(world):
        before = await fetched(court, subject)
        strange = _strange(court, subject)
        if subject.endpoint.kind is not Kind.CREATE:
            strange = strange[court.random.randrange(SAMPLED) :: SAMPLED]
        answers = await together((_send(court, subject, each) for each in strange), 4)
        for sent, answer in zip(strange, answers, strict=True):
            _judge(court, subject, sent, answer)
        after = await fetched(court, subject)
        court.expect(after == before, "unreadable", subject.name, "what was refused has changed the row")
        if subject.endpoint.kind is Kind.CREATE:
            await _large(court, subject)


async def _send(court: Court, subject: Subject, sent: Sent) -> Exchange:
    headers = {} if sent.media is None else {"Content-Type": sent.media}
    return await court.ask(subject.who, subject.endpoint.method, subject.path, body=sent.content, headers=headers)


def _judge(court: Court, subject: Subject, sent: Sent, answer: Exchange) -> None:
    found = status(answer)
    allowed = " or ".join(map(str, sent.statuses))
    message = f"{sent.what}: {found} in place of {allowed}"
    if court.expect(found in sent.statuses, sent.rule, subject.name, message, answer) and sent.code is not None:
        said = {code for _, code in codes(answer)}
        message = f"{sent.what}: the code is {sorted(said)} in place of {sent.code}"
        court.expect(sent.code in said or found != sent.statuses[0], sent.rule, subject.name, message, answer)


def _strange(court: Court, subject: Subject) -> list[Sent]:
    """Every strange body for one endpoint."""
    good = json.dumps(subject.body).encode()
    name, value = next(iter(subject.body.items()), ("name", "forged"))
    pair = f"{json.dumps(name)}: {json.dumps(value)}".encode()
    deep = b"[" * DEEP + b"]" * DEEP
    bottomless = b'{"a":' * BOTTOMLESS + b"1" + b"}" * BOTTOMLESS
    twice = b"{" + pair + b", " + good[1:] if subject.body else b"{" + pair + b", " + pair + b"}"
    found = [
        Sent(what="half a document", content=good[: max(1, len(good) // 2)]),
        Sent(what="text behind the document", content=good + b" x"),
        Sent(what="single quotes", content=good.replace(b'"', b"'") if b'"' in good else b"{'a': 1}"),
        Sent(what="a name that stands twice", content=twice),
        Sent(what="UTF-16", content=good.decode().encode("utf-16")),
        Sent(what=f"{DEEP} levels", content=_raw(subject, ("deep",), deep), statuses=(400, 422), code=None),
        Sent(what=f"{BOTTOMLESS} levels", content=bottomless, statuses=(400, 413, 422), code=None),
        Sent(what="nothing at all", content=b" ", statuses=(400, 422), code=None),
        *(
            Sent(what=f"{word} in place of an object", content=word.encode(), statuses=(422, 400), code=None)
            for word in ("[]", '"text"', "7", "true")
        ),
        *(
            Sent(
                what=f"sent as {media}",
                content=good,
                rule="media-type",
                statuses=(415,),
                code="media_type",
                media=media,
            )
            for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml")
        ),
        _of_media(good, "of no type", None),
    ]
    return [*found, *_within(court, subject)]


def _of_media(content: bytes, what: str, media: str | None) -> Sent:
    return Sent(what=what, content=content, rule="media-type", statuses=(415,), code="media_type", media=media)


def _within(court: Court, subject: Subject) -> list[Sent]:
    """What is no JSON, in the place of each number and each text."""
    found = []
    for sent in subject.schema(court).properties:
        if sent.read_only or sent.name == "password":
            continue
        if isinstance(sent.type, NUMBERS):
            raws = RAW
        elif isinstance(sent.type, types.Text | types.Json):
            raws = TEXTS
        else:
            continue
        for what, raw in raws.items():
            found.append(Sent(what=f"{what} in {sent.name}", content=_raw(subject, (sent.name,), raw)))
        if isinstance(sent.type, types.Json):
            nul = b'{"a": ["b\\u0000c"]}'
            known = _raw(subject, (sent.name,), nul)
            found.append(Sent(what=f"NUL deep in {sent.name}", content=known, statuses=(422, 200, 201), code=None))
    return found


def _raw(subject: Subject, path: tuple[str, ...], raw: bytes) -> bytes:
    """A body with raw text at a path."""
    return json.dumps(placed(subject.body, path, HERE)).encode().replace(json.dumps(HERE).encode(), raw)


async def _large(court: Court, subject: Subject) -> None:
    """A body of ten megabytes; one that says so is refused before it is read."""
    pad = b" " * LARGE
    answer = await court.ask(
        subject.who,
        subject.endpoint.method,
        subject.path,
        body=json.dumps(subject.body).encode() + pad,
        headers={"Content-Type": "application/json"},
    )
    if court.expect_status(answer, 413, "too-large", subject.name, "ten megabytes"):
        said = {code for _, code in codes(answer)}
        court.expect("body_size" in said, "too-large", subject.name, f"the code is {sorted(said)}", answer)
