"""Servers that are broken on purpose: what is changed in a written project, and the rule that has to name it.

One table. Where written code changes, point a row to its new text: a text that is not found is an error.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One broken server. changes: file, text as it is, text as it becomes; check: who finds it; rule: its name."""

    name: str
    check: str
    rule: str
    changes: tuple[tuple[str, str, str], ...]

    def apply(self, project: Path) -> None:
        """Break a project. ValueError where a text is not there, or is there more than once."""
        for name, old, new in self.changes:
            path = project / name
            text = path.read_text("utf-8")
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: {name} has {text.count(old)} times: {old}")
            path.write_text(text.replace(old, new), encoding="utf-8")


def broken(name: str, check: str, rule: str, *changes: tuple[str, str, str]) -> Broken:
    return Broken(name=name, check=check, rule=rule, changes=changes)


CORE, AUTH = "app/core", "app/auth"

SERVERS = (
    # What is sent
    broken("bound-too-wide", "refusals", "bounds", ("app/schemas/line.py", "ge=1, le=99", "ge=0, le=99")),
    broken(
        "bound-too-narrow",
        "bodies",
        "bounds",
        (
            "app/schemas/thing.py",
            "pieces: Annotated[Int, Field(ge=0, le=9)] = 3",
            "pieces: Annotated[Int, Field(ge=0, le=8)] = 3",
        ),
    ),
    broken("names-ignored", "refusals", "read-only", (f"{CORE}/schemas.py", 'extra="forbid"', 'extra="ignore"')),
    broken(
        "echo",
        "refusals",
        "no-echo",
        (
            f"{CORE}/errors.py",
            "return Invalid([field_error(line) for line in error.errors()])",
            'return Invalid([FieldError("", "format", str(error.body))])',
        ),
    ),
    broken(
        "any-media-type", "hard_values", "media-type", (f"{CORE}/errors.py", "isinstance(error.body, bytes)", "False")
    ),
    broken("names-twice", "hard_values", "unreadable", (f"{CORE}/routes.py", "len(members) < len(pairs)", "False")),
    broken(
        "no-finite-number",
        "hard_values",
        "unreadable",
        (f"{CORE}/routes.py", "not math.isfinite(number := float(text))", "(number := float(text)) is None"),
    ),
    broken("no-limit-of-size", "hard_values", "too-large", ("app/config.py", "1_048_576, ge", "99_048_576, ge")),
    broken(
        "put-keeps",
        "bodies",
        "put",
        ("app/schemas/order.py", "replaces: ClassVar = True", "replaces: ClassVar = False"),
    ),
    broken(
        "default",
        "bodies",
        "defaults",
        (
            "app/schemas/thing.py",
            "pieces: Annotated[Int, Field(ge=0, le=9)] = 3",
            "pieces: Annotated[Int, Field(ge=0, le=9)] = 4",
        ),
    ),
    broken("foreign-part", "parts", "parts", (f"{CORE}/parts.py", "elif not child.row:", "elif item.id in rows:")),
    broken(
        "owner-of-choice",
        "references",
        "mass-assignment",
        (f"{CORE}/parts.py", '(name == form.owner and "admin" not in self.caller.roles)', "False"),
    ),
    broken(
        "any-reference",
        "references",
        "not-found-references",
        (f"{CORE}/parts.py", "for id in places.keys() - {row[0] for row in found}:", "for id in set(places) & {0}:"),
    ),
    broken(
        "history-tells",
        "history",
        "history",
        (f"{CORE}/history.py", 'if sight is None or sight.shows(each["field"])', 'if each["field"]'),
    ),
    broken(
        "deleted-stays", "removal", "soft-delete", (f"{CORE}/trash.py", "caller.NOW, trash=False", "None, trash=False")
    ),
    broken(
        "computed",
        "bodies",
        "computed",
        ("app/computed/order.py", "func.sum(line.quantity * line.price)", "func.sum(line.price)"),
    ),
    broken(
        "patch-clears",
        "bodies",
        "patch",
        ("app/schemas/order.py", "note: Text | None = ABSENT", "note: Text | None = None"),
        (f"{CORE}/parts.py", "if self.whole else set()", "if True else set()"),
    ),
    broken(
        "twice-the-same",
        "constraints",
        "unique",
        ("migrations/versions/0001_tables.py", '["code"],\n        unique=True', '["code"],\n        unique=False'),
    ),
    broken(
        "in-use",
        "removal",
        "delete",
        (f"{CORE}/trash.py", 'key.ondelete not in ("CASCADE", "SET NULL")', 'key.ondelete == "NEVER"'),
    ),
    # The protocol
    broken(
        "never-the-same",
        "protocol",
        "conditional-get",
        (f"{CORE}/views.py", "if tag and self.lasting and _has(", "if tag and not self.lasting and _has("),
    ),
    broken(
        "link-to-nowhere",
        "protocol",
        "links",
        (f"{CORE}/views.py", 'if pair[0] not in ("cursor", "offset")]', 'if pair[0] in ("limit",)]'),
    ),
    broken(
        "header-missing",
        "sessions",
        "security-headers",
        (f"{CORE}/middleware.py", '    b"x-frame-options": b"DENY",\n', ""),
    ),
    broken(
        "every-origin",
        "protocol",
        "cors",
        (
            f"{CORE}/middleware.py",
            'b"x-frame-options"',
            'b"access-control-allow-origin": b"*",\n    b"x-frame-options"',
        ),
    ),
    broken(
        "slashes", "protocol", "paths", (f"{CORE}/docs.py", '"redirect_slashes": False', '"redirect_slashes": True')
    ),
    broken(
        "any-cursor",
        "protocol",
        "cursors",
        (f"{CORE}/cursors.py", "if compare_digest(", "if b'' == b'' or compare_digest("),
    ),
    broken(
        "route-without-rule",
        "openapi",
        "openapi",
        ("app/main.py", "app = create_app()", 'app = create_app()\napp.add_api_route("/debug", lambda: {"all": 1})'),
    ),
    # Signing in
    broken("expired", "tokens", "tokens", (f"{CORE}/tokens.py", '{"require"', '{"verify_exp": False, "require"')),
    broken("audience", "tokens", "tokens", (f"{CORE}/tokens.py", '{"require"', '{"verify_aud": False, "require"')),
    broken(
        "kind",
        "tokens",
        "tokens",
        (f"{CORE}/tokens.py", '["header"].get("typ") != kind', '["header"].get("typ") == ""'),
    ),
    broken(
        "refresh-again",
        "sessions",
        "refresh-rotation",
        (
            f"{AUTH}/sessions.py",
            'Session.token_hash == bindparam("old")',
            '(Session.token_hash == bindparam("old")) | true()',
        ),
    ),
    broken("logout", "sessions", "logout", (f"{AUTH}/sessions.py", '{"session": account.session}', '{"session": 0}')),
    broken(
        "csrf",
        "sessions",
        "cookies",
        (f"{CORE}/cookies.py", "if request.method not in", "if False and request.method not in"),
    ),
    broken("scripts-see", "sessions", "cookies", (f"{CORE}/cookies.py", "httponly=name != CSRF", "httponly=False")),
    broken(
        "reset-again",
        "passwords",
        "reset-once",
        (
            f"{AUTH}/tickets.py",
            "delete(Ticket).where(*_known",
            "update(Ticket).values(purpose=Ticket.purpose).where(*_known",
        ),
    ),
    broken(
        "common-password",
        "passwords",
        "password-rules",
        (f"{CORE}/passwords.py", "if password.lower() in COMMON", "if not password"),
    ),
    broken(
        "others-stay",
        "passwords",
        "password-change",
        (f"{AUTH}/accounts.py", '    await db.execute(END_SESSIONS, {"user": user, "but": but})\n', ""),
    ),
    broken(
        "no-such-account",
        "registration",
        "enumeration",
        (
            f"{AUTH}/sessions.py",
            "    if not await passwords.matches(",
            "    if account is None:\n        raise tokens.refused('Who?')\n    if not await passwords.matches(",
        ),
    ),
    broken(
        "no-hash-for-nobody",
        "registration",
        "enumeration-by-time",
        (
            f"{AUTH}/sessions.py",
            "    if not await passwords.matches(",
            "    if account is None or not await passwords.matches(",
        ),
    ),
    broken(
        "unverified",
        "registration",
        "verification",
        (f"{AUTH}/registration.py", "from app.auth import mails", "from app.auth import accounts, mails"),
        (f"{AUTH}/registration.py", "        ticket = ", "        await accounts.make(db, details)\n        ticket = "),
    ),
    broken(
        "throttling",
        "throttling",
        "throttling",
        (f"{AUTH}/throttle.py", "timedelta(minutes=15), 10, 100", "timedelta(minutes=15), 900, 900"),
    ),
    broken(
        "key-stays",
        "accounts",
        "api-keys",
        (f"{AUTH}/keys.py", "REVOKE = delete(ApiKey)", "REVOKE = update(ApiKey).values(name=ApiKey.name)"),
        (f"{AUTH}/keys.py", "bindparam, delete, insert", "bindparam, insert, update"),
    ),
    broken(
        "switched-off",
        "accounts",
        "roles",
        (f"{AUTH}/accounts.py", "if body.active is False:", "if body.active is None:"),
        (
            f"{CORE}/authentication.py",
            ".prefix_with(OWN).where(User.active)",
            ".prefix_with(OWN)",
        ),
    ),
    broken(
        "last-admin",
        "accounts",
        "accounts",
        (f"{AUTH}/accounts.py", "if _is_admin(change.row) and not", "if not change.row and not"),
    ),
)
"""Every broken server, by the check that has to find it."""
