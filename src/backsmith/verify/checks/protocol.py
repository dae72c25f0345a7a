"""HTTP itself: paths, methods and origins, pages that name the next one, and what has not changed."""

from contextlib import suppress
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from backsmith.contract.model import Endpoint, Kind, Place, When
from backsmith.contract.parameters import LARGEST_OFFSET, LARGEST_PAGE
from backsmith.design.expressions import Aggregate, Expr, Now, Path, Today
from backsmith.design.model import Entity
from backsmith.design.rewrite import rewrite
from backsmith.verify.checks.bodies import ABSENT
from backsmith.verify.court import STRANGER, Account, Court, codes, document, status
from backsmith.verify.groups import together
from backsmith.verify.model import Exchange
from backsmith.verify.world import NotMadeError, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REST = {"HEAD": (200, 405), "OPTIONS": (200, 204, 405), "TRACE": (405, 501)}
FOREIGN = ("https://elsewhere.example.com", "null")
NO_IDS = ("none", "0", "-1", "1.5", "9" * 40, "1e3", "%00", "%E2%98%83", "1%27", "%2e%2e", "0x1", "1%20")
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
STRANGE = (
    *("limit=1&limit=2", "sort=id&sort=-id", "q=%00", "q=%FF", "&&&", "=1", "limit", "a" * 4000, "%", "id=%F0%28"),
    *("id=", "id__in=", "id__in=,,,", "fields=", "sort=,", "expand=.", "cursor=%00"),
)
LETS_IN = "access-control-allow-origin"


async def protocol(court: Court, world: World) -> None:
    """Ask for what is there, for what is not, and in ways that no client should."""
    await _health(court)
    await _unknown_paths(court)
    await _origins(court, world)
    for entity in world.entities():
        with suppress(NotMadeError):
            await _of_entity(court, world, entity)


async def _of_entity(court: Court, world: World, entity: Entity) -> None:
    id, _ = await world.make(entity), await world.make(entity)
    await _paths(court, world, entity, id)
    await _ids(court, world, entity)
    await _conditional(court, world, entity, id)
    await _next(court, world, entity)
    await _parameters(court, world, entity)
    await _cursors(court, world, entity)


# Paths and methods


async def _health(court: Court) -> None:
    for path in ("/health/live", "/health/ready", "/openapi.json", "/docs"):
        answer = await court.ask(STRANGER, "GET", path)
        court.expect_status(answer, 200, "health", path, "asked by anybody")
    answer = await court.ask(STRANGER, "GET", "/metrics")
    court.expect_status(answer, (200, 404), "health", "/metrics", "asked by anybody")
    for method, path in product(("POST", "DELETE"), ("/health/live", "/openapi.json", "/docs")):
        answer = await court.ask(STRANGER, method, path)
        court.expect_status(answer, 405, "paths", f"{method} {path}", "a method that is not there")


async def _unknown_paths(court: Court) -> None:
    prefix = court.contract.prefix
    for path in ("/", "/none", "/.env", prefix, *(f"{prefix}/{end}" for end in ("", "none", "auth", "auth/none"))):
        answer = await court.ask(STRANGER, "GET", path)
        court.expect_status(answer, 404, "paths", path, "a path that is not there")
    for path in (f"{prefix}/auth/me/", f"{prefix}/auth/token/", "/health/live/"):
        answer = await court.ask(STRANGER, "GET", path)
        court.expect_status(answer, 404, "paths", path, "a trailing slash")


async def _paths(court: Court, world: World, entity: Entity, id: Any) -> None:
    """A trailing slash is another path, and what stands at a path takes its own methods alone."""
    admin, listed = world.admin.within(world.home), world.path(entity)
    for path in (f"{listed}/", f"{listed}/{id}/", f"{listed}/{id}/none", f"{listed}/{id}/export"):
        answer = await court.ask(admin, "GET", path)
        court.expect_status(answer, 404, "paths", f"GET {listed}", f"{path.removeprefix(listed) or '/'} behind it")
    taken: dict[str, set[str]] = {}
    for endpoint in court.contract.of(entity.name):
        taken.setdefault(endpoint.path, set()).add(endpoint.method)
    for template, methods in taken.items():
        path = template.replace("{id}", str(id))
        allowed = (405,) if template == listed or "{id}" in template else (404, 405)  # `export` might be an id
        for method in METHODS:
            if method not in methods:
                answer = await court.ask(admin, method, path)
                court.expect_status(answer, allowed, "paths", f"{method} {template}", "a method that is not there")
        if "GET" in methods:
            await _heads(court, admin, path, template)


async def _heads(court: Court, who: Account, path: str, about: str) -> None:
    for method, wanted in REST.items():
        answer = await court.ask(who, method, path)
        court.expect_status(answer, wanted, "paths", f"{method} {about}", "a method of HTTP")
        if method == "HEAD" and answer.answer is not None:
            court.expect(not answer.answer.body, "paths", f"HEAD {about}", "the answer has a body", answer)


async def _ids(court: Court, world: World, entity: Entity) -> None:
    """What is no id names no row."""
    admin, listed = world.admin.within(world.home), world.path(entity)
    methods = [(endpoint.method, endpoint.path) for endpoint in court.contract.of(entity.name) if _of_row(endpoint)]
    for place, id in enumerate(NO_IDS):
        method, path = methods[place % len(methods)]
        for asked in {("GET", f"{listed}/{id}"), (method, path.replace("{id}", id))}:
            answer = await court.ask(admin, *asked, json_body={} if asked[0] in ("PATCH", "PUT", "POST") else ...)
            court.expect_status(answer, 404, "paths", f"{asked[0]} {path}", f"{id[:12]} in place of an id")


def _of_row(endpoint: Endpoint) -> bool:
    return "{id}" in endpoint.path and endpoint.kind in (Kind.ITEM, Kind.UPDATE, Kind.DELETE, Kind.REPLACE, Kind.MOVE)


async def _origins(court: Court, world: World) -> None:
    """A page of another site reads nothing, unless settings name its origin."""
    own = [world.path(entity) for entity in world.entities()[:2]]
    paths = ["/health/live", f"{court.contract.prefix}/auth/me", *own]
    for path in paths:
        for origin in FOREIGN:
            asked = {"Origin": origin}
            plain = await court.ask(world.admin, "GET", path, headers=asked)
            before = await court.ask(STRANGER, "OPTIONS", path, headers=asked | PREFLIGHT)
            for answer in (plain, before):
                found = None if answer.answer is None else answer.answer.header(LETS_IN)
                court.expect(found is None, "cors", path, f"{origin} is let in", answer)


# Pages


async def _next(court: Court, world: World, entity: Entity) -> None:
    """The header names the page that `next` is the cursor of."""
    admin, path, about = world.admin.within(world.home), world.path(entity), f"list_{entity.plural}"
    query = {"limit": 1, "sort": "-id", "fields": "id"}
    answer = await court.ask(admin, "GET", path, query=query)
    page = document(answer)
    if not court.expect_status(answer, 200, "links", about, "a list") or answer.answer is None:
        return
    link = answer.answer.header("link") or ""
    address = link.partition(">")[0].removeprefix("<")
    right = page["next"] is not None and link.endswith('rel="next"')
    court.expect(right, "links", about, f"Link is {link!r} where there is a next page", answer)
    if not right:
        return
    found = urlsplit(address)
    asked = dict(parse_qsl(found.query))
    wanted = {**{name: str(value) for name, value in query.items()}, "cursor": page["next"]}
    court.expect(asked == wanted and found.path == path, "links", about, "Link leads elsewhere than `next`", answer)
    second = await court.ask(admin, "GET", f"{found.path}?{found.query}")
    if court.expect_status(second, 200, "links", about, "the page that Link names"):
        ids = [row["id"] for row in document(second)["items"]]
        court.expect(ids != [row["id"] for row in page["items"]], "links", about, "Link names the same page", second)
    last = await court.ask(admin, "GET", path, query={"id": page["items"][0]["id"]})
    header = None if last.answer is None else last.answer.header("link")
    ended = (document(last) or {}).get("next", ...) is None and header is None
    court.expect(ended, "links", about, "the last page names another", last)


async def _cursors(court: Court, world: World, entity: Entity) -> None:
    """A cursor is good for its own list, order, filters and caller."""
    admin, path, about = world.admin.within(world.home), world.path(entity), f"list_{entity.plural}"
    page = document(await court.ask(admin, "GET", path, query={"limit": 1, "sort": "id"}))
    cursor = (page or {}).get("next")
    if not cursor:
        return

    async def refused(what: str, who: Account, asked: str, **query: Any) -> None:
        answer = await court.ask(who, "GET", asked, query=query)
        if court.expect_status(answer, 422, "cursors", about, what):
            right = ("cursor", "cursor") in codes(answer)
            court.expect(right, "cursors", about, f"{what}: cursor is not named", answer)

    await refused("another order", admin, path, cursor=cursor, sort="-id")
    no_row = ABSENT[entity.ids.value == "uuid7"]
    await refused("another filter", admin, path, cursor=cursor, sort="id", id__ne=no_row)
    other = next((each for each in world.entities() if each is not entity), None)
    if other is not None:
        await refused("another list", admin, world.path(other), cursor=cursor, sort="id")
    changed = cursor[:4] + ("B" if cursor[4] == "A" else "A") + cursor[5:]
    for what, text in (("a changed one", changed), ("a word", "nonsense"), ("nothing", ""), ("a long one", "A" * 4000)):
        await refused(what, admin, path, cursor=text, sort="id")
    listing = world.endpoint(entity, Kind.LIST)
    for who in world.people.values():
        grants = [] if listing is None else [each for each in listing.rule.grants if each.caller in who.roles]
        if grants and all(each.when in (When.SOME, When.OWN) for each in grants):
            await refused("another caller, who sees other rows", who, path, cursor=cursor, sort="id")


async def _parameters(court: Court, world: World, entity: Entity) -> None:
    """What a list cannot honour is named, and nothing makes it fail."""
    admin, listing = world.admin.within(world.home), world.endpoint(entity, Kind.LIST)
    assert listing is not None
    wrong = [("limit", value, "limit") for value in ("0", "-1", str(LARGEST_PAGE + 1), "9" * 40, "x", "", "1.5", "NaN")]
    wrong += [("offset", value, "limit") for value in ("-1", str(LARGEST_OFFSET + 1), "9" * 40, "x")]
    wrong += [("sort", "no_such_field", "sort"), ("expand", "no_such_field", "expand")]
    wrong += [(name, "1", "unknown") for name in ("no_such_field", "id__no_such_operator", "no__such__path", "LIMIT")]
    wrong += [("count", "perhaps", "type")]
    if not any(each.name == "expand" for each in listing.parameters if each.place is Place.QUERY):
        wrong = [each for each in wrong if each[0] != "expand"]
    path = world.path(entity)
    answers = await together(court.ask(admin, "GET", path, query={name: value}) for name, value, _ in wrong)
    for (name, value, code), answer in zip(wrong, answers, strict=True):
        _named(court, listing.operation, name, value, code, answer)
    for text in STRANGE:
        answer = await court.ask(admin, "GET", f"{path}?{text}")
        court.expect_status(answer, (200, 400, 414, 422), "unknown-fields", listing.operation, f"?{text[:20]}")


def _named(court: Court, about: str, name: str, value: str, code: str, answer: Exchange) -> None:
    rule = "unknown-fields" if code == "unknown" else "limits"
    if not court.expect_status(answer, 422, rule, about, f"{name}={value[:20]}"):
        return
    said = {found for field, found in codes(answer) if field == name}
    right = code in said or (code in ("limit", "type") and bool(said & {"type", "limit", "format", "choice"}))
    court.expect(right, rule, about, f"{name}={value[:20]}: {sorted(said) or 'not named'} in place of {code}", answer)


# What has not changed


def _looks_beyond(entity: Entity) -> bool:
    """Whether an answer shows what other rows hold: then no ETag says that it is the same."""
    found: list[bool] = []

    def look(node: Expr) -> Expr:
        found.append(isinstance(node, Aggregate | Now | Today) or (isinstance(node, Path) and len(node.steps) > 1))
        return node

    for field in entity.fields:
        if field.computed is not None:
            rewrite(field.computed, look)
    return any(found)


async def _conditional(court: Court, world: World, entity: Entity, id: Any) -> None:
    admin, about = world.admin.within(world.home), f"get_{entity.name}"
    place = f"{world.path(entity)}/{id}"
    answer = await court.ask(admin, "GET", place)
    tag = answer.answer.header("etag") if answer.answer is not None else None
    if not court.expect(bool(tag), "conditional-get", about, "there is no ETag", answer):
        return
    allowed = (200, 304) if court.design.api.links or _looks_beyond(entity) else (304,)
    good = {str(tag): "the ETag", f"W/{tag}": "the ETag as a weak one", "*": "any", f'"x", {tag}': "one of two"}
    for sent, what in good.items():
        again = await court.ask(admin, "GET", place, headers={"If-None-Match": sent})
        if court.expect_status(again, allowed, "conditional-get", about, what) and status(again) == 304:
            empty = again.answer is not None and not again.answer.body and again.answer.header("etag") == tag
            court.expect(empty, "conditional-get", about, "304 has a body, or no ETag", again)
    for sent in ('"another"', "nonsense", ""):
        again = await court.ask(admin, "GET", place, headers={"If-None-Match": sent})
        court.expect_status(again, 200, "conditional-get", about, f"{sent or 'nothing'} in place of the ETag")
