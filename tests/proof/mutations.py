"""What is broken in written applications, one line at a time, to see that their own tests notice.

A mutation names an example, a text that stands once in the files of its application, and what it becomes. Texts are
looked for in every file that the glob finds, so that a module may be renamed without touching this table.
"""

from backsmith.design.model import Framework
from tests.proof.mutation import Maker

APP = "app/**/*.py"
TABLES = "migrations/versions/*.py"


def _in(project: str, kind: str, *first: str, postgresql: bool = False) -> Maker:
    return Maker(framework=Framework.FASTAPI, files=APP, project=project, kind=kind, first=first, postgresql=postgresql)


ORDER = "order: type[Order] = Order) -> ColumnElement[bool]:\n"

policy = _in("shop", "policy", "access", "orders")
policy_field = _in("clinic", "policy", "access")
policy_new = _in("tracker", "policy", "access")
bound = _in("shop", "bound", "products", "orders", "races")
lock = _in("shop", "lock", "races", "auth_races", "auth_sessions", postgresql=True)
lock_trash = _in("rooms", "lock", "races", postgresql=True)
lock_bank = _in("bank", "lock", "races", postgresql=True)
turn = _in("shop", "lock", "races", "auth_races")
left = _in("shop", "connection", "database", postgresql=True)
statements = _in("shop", "statements", "orders")
ties = _in("shop", "tie-break", "products", "orders")
nulls = _in("tracker", "tie-break", "tasks")
effect = _in("shop", "effect", "orders", "races")
effect_made = _in("clinic", "effect", "visits")
effect_stored = _in("rooms", "effect", "bookings")
effect_user = _in("tracker", "effect", "tasks")
effect_update = _in("machines", "effect", "machines")
effect_moved = _in("courses", "effect", "enrolments", "races")
unique = _in("shop", "unique error", "products", "races")
unique_pg = _in("shop", "unique error", "products", "races", postgresql=True)
unique_two = _in("rooms", "unique error", "rooms", "races")
token = _in("shop", "token rotation", "auth_races", "auth_sessions", "auth_password", "auth_email")
trash = _in("shop", "soft-delete scope", "products", "orders", "categories")
trash_rooms = _in("rooms", "soft-delete scope", "bookings", "rooms")
trash_bank = _in("bank", "soft-delete scope", "purses")
tenant = _in("tracker", "tenant scope", "access", "tasks", "labels")
computed = _in("shop", "computed field", "orders")
deadline = _in("shop", "deadline", "statements")
computed_span = _in("rooms", "computed field", "bookings", "rooms")
computed_sum = _in("courses", "computed field", "courses", "people")
computed_any = _in("machines", "computed field", "machines")
etag = _in("shop", "ETag, If-Match", "orders", "races", "auth_users")
again = _in("shop", "idempotency", "races", "orders")
read_only = _in("shop", "read_only", "orders", "products")
expand = _in("courses", "expand rule", "access")
read_only_owner = _in("tracker", "read_only", "access")
expand_narrow = _in("clinic", "expand rule", "access", "patients")
hidden = _in("clinic", "hidden field", "access", "patients")
hidden_sort = _in("courses", "hidden field", "access", "people")
history = _in("tracker", "history rule", "access", "tasks", "projects")
history_field = _in("clinic", "history rule", "access", "patients")
csrf = _in("shop", "CSRF", "auth_sessions")
guess = _in("shop", "login throttling", "auth_sessions")
parts = _in("shop", "parts replaced", "orders")
links = _in("shop", "parts replaced", "products")
overlap = _in("rooms", "no_overlap", "bookings", "races")
overlap_pg = _in("rooms", "no_overlap", "bookings", "races", postgresql=True)
export = _in("shop", "export escaping", "products")
echo = _in("shop", "never echoing", "errors", "products")

MUTATIONS = (
    # Who may
    policy(
        "every order is read by everybody who signed in",
        f'def read(roles: Roles, {ORDER}    """customer == user or staff"""\n',
        f'def read(roles: Roles, {ORDER}    """customer == user or staff"""\n    return granted(roles, "signed_in")\n',
    ),
    policy(
        "an order is changed in any state",
        'and_(is_caller(roles, order.customer_id), order.status == "draft")',
        "is_caller(roles, order.customer_id)",
    ),
    policy(
        "anybody who reads an order pays it",
        f'def pay(roles: Roles, {ORDER}    """customer == user"""\n',
        f'def pay(roles: Roles, {ORDER}    """customer == user"""\n    return true()\n',
    ),
    policy(
        "any role will do",
        "return true() if roles.intersection(names) else false()",
        "return true() if roles else false()",
    ),
    policy("a caller is whoever is named by any account", "else column == ID", "else column.is_not(None)"),
    policy("who may not change a row gets as far as its body", 'if not row["rule__holds"]:', "if False:"),
    policy_field(
        "an update may end where its rule does not hold",
        "        await plan.write_inner(form, [node])\n        await self._require(form, body)\n",
        "        await plan.write_inner(form, [node])\n",
    ),
    policy_field(
        "a field is written by whoever changes the row",
        "if names := sorted(refused & body.model_fields_set):",
        "if names := sorted(frozenset() & body.model_fields_set):",
    ),
    policy_field(
        "a new row needs not obey the rule",
        '        self.id = self.values["row__id"] = node.id\n        await self._require(form, body)\n',
        '        self.id = self.values["row__id"] = node.id\n',
    ),
    policy_new(
        "a body refers to rows that its sender cannot read",
        'rules = [among(model.id, "row__ids"), view.readable(roles, model)]',
        'rules = [among(model.id, "row__ids")]',
    ),
    # Bounds
    bound("stock falls below nothing", 'CheckConstraint("stock >= 0", name="products_stock_min"),', "", TABLES),
    bound(
        "a price is negative",
        "    price: Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=0), EXACT]\n",
        "    price: Annotated[Decimal, Field(max_digits=12, decimal_places=2), EXACT]\n",
        "app/schemas/product.py",
    ),
    bound(
        "a name is longer than it may be",
        "name: Annotated[Text, Field(max_length=200)] = ABSENT",
        "name: Annotated[Text, Field(max_length=201)] = ABSENT",
    ),
    bound(
        "a broken bound is a mistake of the body",
        'if effect is not None and code in ("check", "required", "too_large"):',
        "if False:",
    ),
    # Locks
    lock(
        "rows are not locked before they change",
        "met(roles, model)).with_for_update(of=model, key_share=not deleting)",
        "met(roles, model))",
    ),
    lock(
        "two admins remove each other",
        "        await change.db.execute(TAKE_TURNS)\n        if await change.db.scalar(OTHER_ADMIN",
        "        if await change.db.scalar(OTHER_ADMIN",
    ),
    lock(
        "a sign-in does not wait for a change of the password",
        "STILL = select(User.id).where(*_same).with_for_update()",
        "STILL = select(User.id).where(*_same)",
    ),
    lock_trash(
        "what a body refers to is deleted meanwhile",
        ".order_by(model.id).with_for_update(read=True, key_share=True, of=model)",
        ".order_by(model.id)",
    ),
    lock_trash("a deletion does not wait for new references", "key_share=not deleting)", "key_share=True)"),
    lock_bank(
        "the targets of effects are not locked in order",
        "rows.order_by(model.id).with_for_update(key_share=True)",
        "rows.order_by(model.id)",
    ),
    turn(
        "transactions on SQLite begin without the lock",
        'await driver.execute("BEGIN IMMEDIATE" if SQLITE else "BEGIN")',
        'await driver.execute("BEGIN")',
        equivalent="the one connection that writes takes turns already; the lock is against other processes",
    ),
    left(
        "what was cancelled is left to who comes next",
        "connection.invalidate()  # what it was asked may still be under way: nobody else may find that",
        "pass",
    ),
    # Statements
    statements("parts are made one by one", "len(nodes) > 1 and len(set(shapes)) == 1", "False"),
    # Order
    ties("ties are not broken", '(*order, ("id", order[-1][1]))', "order"),
    ties("ties are broken upwards where the list goes down", '("id", order[-1][1])', '("id", False)'),
    ties(
        "pages of ties begin again",
        "left, right = tuple_(*columns), tuple_(*bounds)",
        "left, right = tuple_(*columns[:1]), tuple_(*bounds[:1])",
    ),
    nulls(
        "rows that tie with the last of a page are left out",
        "after = or_(column < bound if down[0] else column > bound, and_(column == bound, rest))",
        "after = column < bound if down[0] else column > bound",
    ),
    nulls("nulls are where the database puts them", "each.nulls_last() if _nullable(column) else each", "each"),
    nulls(
        "pages end where nulls begin",
        "    if nullable[0]:\n        return or_(after, column.is_(None))\n",
        "    if nullable[0]:\n        return after\n",
    ),
    # Effects
    effect("paying does not take from the stock", "    await apply(change, PAY_EFFECTS)\n", ""),
    effect(
        "paying adds to the stock",
        '"lines.product.stock -= lines.quantity", Product.stock, "-="',
        '"lines.product.stock -= lines.quantity", Product.stock, "+="',
    ),
    effect(
        "lines are counted in place of pieces",
        "select(OrderLine.product_id, func.sum(OrderLine.quantity))",
        "select(OrderLine.product_id, func.count(OrderLine.quantity))",
    ),
    effect(
        "what an effect changes keeps its version",
        "return [forms.raised(self.model).where(",
        "from sqlalchemy import update as raised\n\n        return [raised(self.model).where(",
    ),
    effect("a move does not look at the state", ".where(state.in_(source)).values(", ".values("),
    effect("a move keeps the state", ".values({state.key: target})", ".values({state.key: state})"),
    effect_made("a new visit is not counted", "    await apply(change, CREATE_EFFECTS)\n", ""),
    effect_made("a deleted visit is still counted", "    await apply(change, DELETE_EFFECTS)\n", ""),
    effect_made("what is sent with a move is not stored", "findings=body.findings", "findings=None"),
    effect_stored("nobody knows when a booking was confirmed", "    await apply(change, CONFIRM_EFFECTS)\n", ""),
    effect_user("who starts a task is not its assignee", "    await apply(change, START_EFFECTS)\n", ""),
    effect_user("a task that is opened again stays finished", "    await apply(change, REOPEN_EFFECTS)\n", ""),
    effect_update("an update is not counted", "    await apply(change, UPDATE_EFFECTS)\n", ""),
    effect_moved("withdrawing gives no seat back", "    await apply(change, WITHDRAW_EFFECTS)\n", ""),
    effect_moved("who is admitted takes no seat", "    await apply(change, ADMIT_EFFECTS)\n", ""),
    # Unique values
    unique("SQLite's duplicates are broken checks", '"UNIQUE": "duplicate"', '"UNIQUE": "check"'),
    unique_pg("PostgreSQL's duplicates are broken checks", '"23505": "duplicate"', '"23505": "check"'),
    unique(
        "two products have one sku",
        '"products_sku_unique",\n        "products",\n        ["sku"],\n        unique=True,',
        '"products_sku_unique",\n        "products",\n        ["sku"],',
        TABLES,
    ),
    unique(
        "deleted products keep their sku",
        '        sqlite_where=text("deleted_at IS NULL"),\n',
        "",
        TABLES,
    ),
    unique_two(
        "a duplicate names the column in place of the field",
        'column.name.removesuffix("_id") if column.foreign_keys else column.name',
        "column.name",
    ),
    # Tokens
    token("any refresh token of a session is good", ', Session.token_hash == bindparam("old")\n', ",\n"),
    token("a refresh token stays good", 'token_hash=bindparam("new")', 'token_hash=bindparam("old")'),
    token(
        "a stolen refresh token does not end the session",
        '            await db.execute(CLOSE, {"session": session})\n    if user is None:',
        "            pass\n    if user is None:",
    ),
    token(
        "a session lasts as long as it is used",
        "where(*_unused, _in_time, _not_too_old)",
        "where(*_unused, _in_time)",
    ),
    token("a refresh token is good for access", 'if found["header"].get("typ") != kind or', "if"),
    token("a code is good for everything", "Ticket.purpose.in_(bindparam(", "~Ticket.purpose.in_(bindparam("),
    token("a code does not expire", "where(*_known, _in_time)", "where(*_known)"),
    token("a new password ends no sessions", '    await db.execute(END_SESSIONS, {"user": user, "but": but})\n', ""),
    token(
        "a code is good again and again",
        "REDEEM = delete(Ticket)",
        "REDEEM = update(Ticket).values(email=Ticket.email)",
    ),
    # Rows that are deleted and kept
    trash("deleted products are met", "    return product.deleted_at.is_(None)\n", "    return true()\n"),
    trash(
        "views do not leave out what is deleted",
        "return self.read(roles, row) if self.live is None else and_(self.read(roles, row), self.live(row))",
        "return self.read(roles, row)",
    ),
    trash_rooms(
        "what others refer to is deleted",
        "    if await change.db.scalar(_referred(change.view.model), change.values):",
        "    if False:",
    ),
    trash_bank(
        "deleted rows keep what they refer to",
        '[table.c.deleted_at.is_(None)] if "deleted_at" in table.c else []',
        "[]",
    ),
    trash_rooms(
        "old references do not show what was deleted",
        "rule = view.read(self.roles, other)",
        "rule = view.readable(self.roles, other)",
    ),
    trash("a row that is not deleted is restored", 'if change.row["deleted_at"] is None:', "if False:"),
    # Tenants
    tenant(
        "tasks of other workspaces are read",
        "        ),\n        task.workspace_id == TENANT,\n    )\n\n\ndef update(",
        "        ),\n    )\n\n\ndef update(",
    ),
    tenant(
        "labels of other workspaces are read",
        'and_(granted(roles, "signed_in"), label.workspace_id == TENANT)',
        'granted(roles, "signed_in")',
    ),
    tenant(
        "admins mix tenants",
        '        rules.append(tenant == bindparam("row__tenant"))\n',
        "        pass\n",
    ),
    tenant(
        "whoever is no member names the tenant",
        '        if "admin" not in caller.roles:\n            raise NotFound("tenant")\n        return replace',
        "        return replace",
    ),
    tenant("roles of one tenant hold in another", "found[0][0], roles=caller.roles | roles)", "found[0][0])"),
    # Computed fields
    computed(
        "a total is without quantities",
        "func.sum(order_line.quantity * order_line.price)",
        "func.sum(order_line.price)",
    ),
    computed("a total is of all orders", "        .where(order_line.order_id == order.id)\n", ""),
    computed("a price is not that of the product", "select(product.price)", "select(product.price + 1)"),
    computed_span(
        "a length is backwards",
        "between(booking.ends_at, booking.starts_at)",
        "between(booking.starts_at, booking.ends_at)",
    ),
    computed_span("bookings of all rooms count", ".where(booking.room_id == room.id)", ""),
    computed_sum("lessons are counted in place of their hours", "func.sum(lesson.hours)", "func.count(lesson.hours)"),
    computed_any("a cold machine is alarming", "reading.celsius > 90", "reading.celsius < 90"),
    computed_any("the warmest is the coldest", "func.max(reading.celsius)", "func.min(reading.celsius)"),
    computed_any("a label keeps its case", "func.coalesce(lower(machine.model)", "func.coalesce(machine.model"),
    # Versions
    etag("If-Match is not looked at", "            raise PreconditionFailed()\n", "            pass\n"),
    etag(
        "versions stay",
        "values(version=model.version + 1, updated_at=NOW)",
        "values(version=model.version, updated_at=NOW)",
    ),
    etag(
        "the statement does not say when a row changed",
        ", updated_at=NOW)",
        ")",
        equivalent="the column is set anew by every update, `onupdate=now`",
    ),
    etag(
        "the version is not in the statement that changes",
        "model.id == ROW, model.version == VERSION, met(roles, model)",
        "model.id == ROW, met(roles, model)",
        equivalent="the row is locked since its version was read; the condition is for statements written by hand",
    ),
    etag("an answer that has not changed is sent again", "if tag and self.lasting and _has(", "if False and _has("),
    # Keys
    again(
        "a claimed key is claimed again",
        "        if (await db.execute(CLAIM, values)).rowcount == 1:\n",
        "        if (await db.execute(CLAIM, values)) is not None:\n",
    ),
    again("a key is good with another body", 'found["request"] != said:', "False:"),
    again("a key is everybody's", 'owned = f"{who}\\0', 'owned = f"'),
    again("answers are not kept", "            await self.claim.store(self.db, response)\n", "            pass\n"),
    again("refusals are not kept", "and error.status < 500 and error.status not in UNSTORED", "and False"),
    again("a key that failed is kept", "                await db.execute(RELEASE, {", "                dict(x={"),
    # Deadlines
    deadline("SQLite takes its time", "asyncio.timeout(settings.statement_timeout)", "asyncio.timeout(9)"),
    # What nobody sends
    read_only(
        "unknown fields are left out",
        'ConfigDict(extra="forbid"',
        'ConfigDict(extra="ignore"',
    ),
    read_only(
        "what nobody sends is unknown",
        'if line["type"] == "extra_forbidden" and len(loc) == 1',
        'if line["type"] == "none" and len(loc) == 1',
    ),
    read_only("a state is sent", 'frozenset({"id", "status", "total",', 'frozenset({"id", "total",'),
    read_only_owner(
        "rows are made in the name of others", 'if (name == form.owner and "admin" not in self.caller.roles) or', "if"
    ),
    read_only("what is sent once is sent again", "or (row and name in form.once):", "or False:"),
    # What is not shown
    expand(
        "lists of links show what may not be read",
        "rows.where(link.rule(roles, row), sql.among(of",
        "rows.where(sql.among(of",
    ),
    expand("links show what may not be read", "and_(other.id == column, rule))", "other.id == column)"),
    hidden(
        "filters find by fields that may not be read",
        "name, rule = steps[0], view.rule(roles, steps[0], row)",
        "name, rule = steps[0], view.rule(roles, 'id', row)",
    ),
    hidden(
        "searches find by fields that may not be read",
        "or_(*(and_(view.rule(roles, name, view.model), condition) for",
        "or_(*(condition for",
    ),
    hidden("fields are shown to everybody", "values[place] = values[place] if row[flag] else msgspec.UNSET", "pass"),
    hidden(
        "fields that no row shows are shown",
        "shown = [name for name, rule in rules.items() if decided(rule) is not False]",
        "shown = list(rules)",
    ),
    hidden_sort(
        "sorting tells fields that may not be read",
        "            conditions += [view.rule(roles, name, view.model) for name, _ in shape.order]\n",
        "            pass\n",
    ),
    expand(
        "filters go through rows that may not be read",
        "exists(select(other.id).where(there, target.readable(roles, other), inner))",
        "exists(select(other.id).where(there, inner))",
    ),
    history(
        "the history of every row is read",
        "    if not exists and not is_admin:\n        raise NotFound(view.name)\n",
        "",
    ),
    history("changes are not recorded", "        for tell in AFTER:\n            await tell(self)\n", ""),
    history_field(
        "the history tells fields that may not be read",
        "sight = None if is_admin else await",
        "sight = None if True else await",
    ),
    # Browsers, and whoever guesses
    csrf(
        "a change by cookie needs no token",
        'if request.method not in ("GET", "HEAD", "OPTIONS") and not',
        "if False and not",
    ),
    csrf("any session's token will do", 'return tokens.seal("csrf", session)', 'return tokens.seal("csrf", "")'),
    csrf(
        "another site signs people in",
        'if in_cookies and request.headers.get("sec-fetch-site") == "cross-site":',
        "if False:",
    ),
    csrf("scripts see every cookie", "httponly=name != CSRF", "httponly=False"),
    guess("nobody is refused before the password is checked", "    await _refuse(counted)\n    try:\n", "    try:\n"),
    guess("failures are not counted", "            await db.execute(RECORD, [{", "            list([{"),
    guess("a failure beyond the limit is told", "        await _refuse(counted, own=1)\n", ""),
    guess("a right guess beyond the limit is told", "        raise\n    await _refuse(counted)\n", "        raise\n"),
    guess("an address has no limit", ', tokens.seal("address", address): FOR_ADDRESS}', "}"),
    # What belongs to a row
    parts(
        "parts that are missing stay",
        "            if gone := [id for node in nodes for id in node.gone.get(name, ())]:",
        "            if gone := []:",
    ),
    parts(
        "parts of others are taken",
        '                    self._refuse(child.at("id"), "not_found", MISSING)\n',
        "                    pass\n",
    ),
    parts("parts stay as they were", "any(node.row[name] != value for name, value in values.items())", "False"),
    links("links that are missing stay", "if old := [{f", "if old := [] and [{f"),
    overlap(
        "SQLite does not look at new rows",
        "AFTER INSERT ON bookings\n        WHEN EXISTS",
        "AFTER INSERT ON bookings\n        WHEN NOT EXISTS",
        TABLES,
    ),
    overlap(
        "SQLite does not look at changed rows",
        "AFTER UPDATE ON bookings\n        WHEN EXISTS",
        "AFTER UPDATE ON bookings\n        WHEN NOT EXISTS",
        TABLES,
    ),
    overlap_pg(
        "times include their end",
        "tstzrange(starts_at, ends_at) WITH &&",
        "tstzrange(starts_at, ends_at, '[]') WITH &&",
        TABLES,
    ),
    overlap_pg(
        "rows overlap on PostgreSQL",
        "(room_id WITH =, tstzrange(starts_at, ends_at) WITH &&)",
        "(id WITH =, tstzrange(starts_at, ends_at) WITH &&)",
        TABLES,
    ),
    overlap_pg("cancelled bookings are in the way", " WITH &&) WHERE (status != 'cancelled')", " WITH &&)", TABLES),
    overlap_pg("an overlap is a broken check", '"23P01": "overlap"', '"23P01": "check"'),
    # Files and errors
    export("a cell is a formula", 'f"\'{value}" if FORMULA.match(value) else value', "value"),
    export("a file leaves out all but the first batch", "        if len(rows) < BATCH:\n", "        if True:\n"),
    echo("what has the wrong type is repeated", '"This has the wrong type."', "str(error.get('input'))"),
    echo(
        "what breaks a bound is repeated",
        'FieldError(field, TOLD[kind], COUNTED.sub(r"String \\1 character\\2", error["msg"]))',
        "FieldError(field, TOLD[kind], f\"{error['msg']}: {error.get('input')}\")",
    ),
    echo(
        "errors of the database are told",
        "await self._instead(Broken())",
        "import traceback; await self._instead(Problem(traceback.format_exc()))",
    ),
)
