"""Accounts: roles and `active` count at once, keys are narrow and revocable, and an admin is always left."""

from contextlib import suppress
from typing import Any

from backsmith.verify.court import STRANGER, Account, Court, codes, document, status
from backsmith.verify.groups import together
from backsmith.verify.model import Exchange
from backsmith.verify.signing import auth, session, sign_in
from backsmith.verify.world import NotMadeError, World


async def accounts(court: Court, world: World) -> None:
    """Manage accounts of its own: as an admin, as themselves, and as one who may not."""
    if court.target.mailbox is None:
        for rule in ("roles", "api-keys", "accounts"):
            court.untested(rule, "everything", "other accounts need mail: only a server that is started here has it")
        return
    with suppress(NotMadeError):
        promoted, switched, keyed = await together(
            world.account(name, *roles)
            for name, roles in (("promoted", ["admin"]), ("switched", []), ("keyed", ["admin"]))
        )
        await _keys(court, world, keyed)
        await _roles(court, world, promoted)
        await _switched_off(court, world, switched)
        await _change(court, world, keyed, roles=[world.design.auth.roles[0]])
        await _key_of_lost_role(court, keyed)
    await _managed(court, world)
    await _last(court, world)


def _users(court: Court) -> str:
    return f"{court.contract.prefix}/users"


async def _change(court: Court, world: World, account: Account, **changes: Any) -> Exchange:
    """An admin changes an account."""
    return await court.ask(world.admin, "PATCH", f"{_users(court)}/{account.id}", json_body=changes)


async def _administers(court: Court, who: Account) -> int:
    """422 for who may make accounts, since the body is empty; 403 for others, and 401 for strangers."""
    return status(await court.ask(who, "POST", _users(court), json_body={}))


# Roles


async def _roles(court: Court, world: World, account: Account) -> None:
    rule, first = "roles", world.design.auth.roles[0]
    if first == "admin":
        return
    found = await _administers(court, account)
    court.expect(found == 422, rule, "create_user", f"an admin makes no accounts: {found}")
    answer = await _change(court, world, account, roles=[first])
    court.expect_status(answer, 200, rule, "update_user", "an admin takes a role away")
    found = await _administers(court, account)
    court.expect(found == 403, rule, "create_user", f"a role that was taken away still counts: {found}", answer)
    answer = await _change(court, world, account, roles=[first, "admin"])
    found = await _administers(court, account)
    court.expect(found == 422, rule, "create_user", f"a role that was given does not count: {found}", answer)
    await _change(court, world, account, roles=[first])


async def _switched_off(court: Court, world: World, account: Account) -> None:
    rule, about = "roles", "update_user"
    own = await session(court, account)
    made = await court.ask(own.who, "POST", auth(court, "keys"), json_body={"name": "switched"})
    key = Account("key", headers={"X-API-Key": str((document(made) or {}).get("key"))})
    answer = await _change(court, world, account, active=False)
    if not court.expect_status(answer, 200, rule, about, "an admin switches an account off"):
        return
    for what, asked in (
        ("its session", await court.ask(own.who, "GET", auth(court, "me"))),
        ("its refresh token", await own.refreshed()),
        ("its key", await court.ask(key, "GET", auth(court, "me"))),
        ("its password", await sign_in(court, account.email, account.password)),
    ):
        court.expect_status(asked, 401, rule, about, f"{what}, after it was switched off")
    await _change(court, world, account, active=True)
    court.expect_status(
        await sign_in(court, account.email, account.password), 200, rule, about, "its password, once it is on again"
    )
    court.expect(await own.me() == 401, rule, about, "a session has come back with its account")


# Keys


async def _keys(court: Court, world: World, account: Account) -> None:
    rule, path, first = "api-keys", auth(court, "keys"), world.design.auth.roles[0]
    own = await session(court, account)
    wide = await court.ask(own.who, "POST", path, json_body={"name": "wide"})
    narrow = await court.ask(own.who, "POST", path, json_body={"name": "narrow", "roles": [first]})
    if first not in account.roles:
        court.expect_status(narrow, 422, rule, "create_key", "a role that the account does not have")
        await _change(court, world, account, roles=[first, "admin"])
        narrow = await court.ask(own.who, "POST", path, json_body={"name": "narrow", "roles": [first]})
    if not court.expect_status(wide, 201, rule, "create_key", "a key") or not court.expect_status(
        narrow, 201, rule, "create_key", "a key with one role"
    ):
        return
    keys = [_by_key(answer) for answer in (wide, narrow)]
    for key in keys:
        court.expect_status(await court.ask(key, "GET", auth(court, "me")), 200, rule, "get_me", "asking by key")
    found = [await _administers(court, key) for key in keys]
    court.expect(found[0] == 422, rule, "create_user", f"the key of an admin makes no accounts: {found[0]}", wide)
    if first != "admin":
        court.expect(
            found[1] == 403, rule, "create_user", f"a key has more roles than it was given: {found[1]}", narrow
        )
    listed = await court.ask(own.who, "GET", path)
    secret = document(wide)["key"]
    shown = listed.answer is not None and secret.encode() in listed.answer.body
    court.expect(not shown, rule, "list_keys", "a key is shown once more", listed)
    await _no_manager(court, keys[0], document(narrow)["id"])
    await _revoked(court, world, own.who, keys[1], document(narrow)["id"])
    account.headers["X-Judge-Key"] = secret


def _by_key(made: Exchange) -> Account:
    return Account("key", headers={"X-API-Key": document(made)["key"]})


async def _no_manager(court: Court, key: Account, id: Any) -> None:
    """A key does not manage the account that it belongs to."""
    new = {"current": "whatever it is", "password": "another quiet river"}
    for method, path, body in (
        ("GET", "keys", None),
        ("POST", "keys", {"name": "another"}),
        ("DELETE", f"keys/{id}", None),
        ("POST", "logout", None),
        ("POST", "password/change", new),
        ("POST", "email/change", {"email": "new@example.com", "password": "whatever it is"}),
    ):
        answer = await court.ask(key, method, auth(court, path), json_body=... if body is None else body)
        court.expect_status(
            answer, 403, "api-keys", f"{method} {path.partition('/')[0]}", "managing the account by key"
        )


async def _revoked(court: Court, world: World, own: Account, key: Account, id: Any) -> None:
    rule, path = "api-keys", f"{auth(court, 'keys')}/{id}"
    other = next(iter(world.people.values()), None)
    if other is not None:
        answer = await court.ask(other, "DELETE", path)
        court.expect_status(answer, 404, rule, "delete_key", "the key of somebody else")
    court.expect_status(await court.ask(STRANGER, "DELETE", path), 401, rule, "delete_key", "a key, by a stranger")
    court.expect_status(await court.ask(own, "DELETE", path), 204, rule, "delete_key", "an own key")
    answer = await court.ask(key, "GET", auth(court, "me"))
    court.expect_status(answer, 401, rule, "delete_key", "a key that was revoked")
    court.expect_status(await court.ask(own, "DELETE", path), 404, rule, "delete_key", "an own key once more")


async def _key_of_lost_role(court: Court, account: Account) -> None:
    """A key loses with its account what that loses."""
    secret = account.headers.pop("X-Judge-Key", None)
    if secret is not None:
        found = await _administers(court, Account("key", headers={"X-API-Key": secret}))
        court.expect(found == 403, "api-keys", "create_user", f"a key has a role that its account has lost: {found}")


# Admins


async def _managed(court: Court, world: World) -> None:
    """Nobody else makes or changes accounts, their own roles among them."""
    rule, some = "accounts", world.admin.id
    for who in (STRANGER, *world.people.values()):
        if "admin" in who.roles:
            continue
        about = f"as {who.name}"
        found = await _administers(court, who)
        wanted = 401 if who is STRANGER else 403
        court.expect(found == wanted, rule, f"create_user {about}", f"{found} in place of {wanted}")
        answer = await court.ask(who, "PATCH", f"{_users(court)}/{some}", json_body={"active": False})
        court.expect_status(answer, (401, 403, 404), rule, f"update_user {about}", "somebody else's account")
        if who is STRANGER:
            continue
        for name, value in (("roles", ["admin"]), ("active", False), ("id", 1), ("email", "mine@example.com")):
            answer = await court.ask(who, "PATCH", auth(court, "me"), json_body={name: value})
            if court.expect_status(answer, 422, "mass-assignment", f"update_me {about}", f"{name} of one's own"):
                said = (name, "read_only") in codes(answer)
                court.expect(said, "mass-assignment", f"update_me {about}", f"{name} is not `read_only`", answer)


async def _last(court: Court, world: World) -> None:
    """The only admin cannot stop being one, nor be switched off."""
    rule, about, first = "accounts", "update_user", world.design.auth.roles[0]
    users = await world.rows(world.design.entity("User"))
    others = [each for each in users if "admin" in each["roles"] and each["active"] and each["id"] != world.admin.id]
    if first == "admin" or not court.target.owned:
        court.untested(rule, "the last admin", "only of a server that is started here the admins are known")
        return
    for each in others:
        await court.ask(world.admin, "PATCH", f"{_users(court)}/{each['id']}", json_body={"roles": [first]})
    for changes, what in (({"roles": [first]}, "gives up the role"), ({"active": False}, "is switched off")):
        answer = await court.ask(world.admin, "PATCH", f"{_users(court)}/{world.admin.id}", json_body=changes)
        if not court.expect_status(answer, (409, 422), rule, about, f"the last admin {what}"):
            court.expect(False, rule, about, "without an admin nothing more can be judged", answer)
            raise NotMadeError
