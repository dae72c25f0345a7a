"""The sections of a blueprint beside its entities: name, framework, database, auth, api."""

import re
from dataclasses import dataclass, field

from backsmith.design.model import Api, Auth, Database, Framework, Ids, Rate, Register
from backsmith.design.naming import CONSTANTS, FIELD, LANGUAGE_WORDS, PYTHON_WORDS
from backsmith.design.support import WHICH_FRAMEWORK
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report
from backsmith.readers.blueprint.keys import flag, known_keys, mapping, text, texts, word
from backsmith.readers.blueprint.nodes import Mapping, Node

AUTH_KEYS = ("roles", "register", "verify", "social")
API_KEYS = ("version", "rate", "ids", "links", "graphql")
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_RATE = re.compile(r"\s*([0-9]{1,9})\s*/\s*(second|minute|hour|day)\s*")
_VERSION = re.compile(r"v[1-9][0-9]?")


def read_name(root: Mapping, source: str, report: Report) -> str:
    """What the backend is called."""
    if root.get("backend") is None:
        report.error("missing-key", "the backend has no name", Origin(source=source), "begin with `backend: shop`")
        return "backend"
    found = text(root.get("backend"), "`backend`", report)
    if found is not None and not (_NAME.fullmatch(found.text) and len(found.text) <= 40):
        report.error(
            "bad-name",
            f"`{found.text}` cannot be the name of a backend",
            found.origin,
            "small letters, digits and hyphens: `price-lists`",
        )
    return found.text if found else "backend"


def read_framework(node: Node | None, places: dict[str, Origin], report: Report) -> Framework:
    """The framework of what is written."""
    found = word(node, tuple(Framework), "`framework`", report, WHICH_FRAMEWORK)
    if node is not None:
        places["framework"] = node.origin
    return Framework(found) if found else Framework.FASTAPI


def read_database(node: Node | None, places: dict[str, Origin], report: Report) -> Database:
    """The database in production."""
    found = word(node, tuple(Database), "`database`", report)
    if node is not None:
        places["database"] = node.origin
    return Database(found) if found else Database.POSTGRESQL


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAuth:
    """Accounts, and where some words about them stand."""

    auth: Auth
    places: dict[str, Origin] = field(default_factory=dict)


def read_auth(node: Node | None, report: Report) -> ReadAuth:
    """`auth: {roles: [customer, staff, admin], register: open}`."""
    body = mapping(node, "auth", report)
    if body is None:
        return ReadAuth(auth=Auth())
    known_keys(body, AUTH_KEYS, "auth", report)
    register = word(body.get("register"), tuple(Register), "`register`", report)
    social = texts(body.get("social"), "social", report)
    verify = body.get("verify")
    auth = Auth(
        roles=_roles(texts(body.get("roles"), "roles", report), report) or Auth().roles,
        register=Register(register) if register else Register.OPEN,
        verify=verify is None or flag(verify, "`verify`", report),
        social=tuple(each.text for each in social),
        origin=body.origin,
    )
    return ReadAuth(auth=auth, places={"auth.social": social[0].origin} if social else {})


def _roles(names: list[Passage], report: Report) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in names:
        if name.text in found:
            report.error("duplicate-name", f"the role `{name.text}` stands here twice", name.origin, "leave one out")
        elif name.text in LANGUAGE_WORDS | PYTHON_WORDS or name.text in CONSTANTS:
            message = f"`{name.text}` is a word of the language, or of Python"
            report.error("reserved-name", message, name.origin, "give the role another name")
        elif not FIELD.fullmatch(name.text):
            report.error(
                "bad-name",
                f"`{name.text}` cannot be the name of a role",
                name.origin,
                "small letters, digits and `_`: `shop_manager`",
            )
        else:
            found[name.text] = None
    if names and names[0].text == "admin":
        hint = "begin with a role that may do less: `[customer, admin]`"
        report.error("admin-first", "every new account would be an admin", names[0].origin, hint)
    return tuple({**found, "admin": None}) if found else ()


def read_api(node: Node | None, report: Report) -> tuple[Api, dict[str, Origin]]:
    """`api: {version: v1, rate: 100/minute, ids: int}`."""
    body = mapping(node, "api", report)
    if body is None:
        return Api(), {}
    known_keys(body, API_KEYS, "api", report)
    version = text(body.get("version"), "`version`", report)
    if version is not None and not _VERSION.fullmatch(version.text):
        report.error("wrong-shape", f"`{version.text}` is no version", version.origin, "write `v1`")
    ids = word(body.get("ids"), tuple(Ids), "`ids`", report)
    graphql = body.get("graphql")
    api = Api(
        version=version.text if version else "v1",
        rate=_rate(text(body.get("rate"), "`rate`", report), report),
        links=flag(body.get("links"), "`links`", report),
        graphql=flag(graphql, "`graphql`", report),
        ids=Ids(ids) if ids else Ids.INT,
        origin=body.origin,
    )
    return api, {"api.graphql": graphql.origin} if graphql is not None else {}


def _rate(written: Passage | None, report: Report) -> Rate | None:
    if written is None:
        return None
    found = _RATE.fullmatch(written.text)
    if found is None or int(found.group(1)) == 0:
        report.error(
            "wrong-shape",
            f"`{written.text}` is no rate",
            written.origin,
            "write `100/minute`: per second, minute, hour or day",
        )
        return None
    return Rate(requests=int(found.group(1)), seconds=SECONDS[found.group(2)])
