"""What is broken in written Django applications, of the same kinds as in `mutations.py`."""

from backsmith.design.model import Framework
from tests.proof.mutation import Maker

APPS = "apps/**/[!0]*.py"
TABLES = "apps/**/migrations/0001_initial.py"


def _in(project: str, kind: str, *first: str, postgresql: bool = False) -> Maker:
    return Maker(framework=Framework.DJANGO, files=APPS, project=project, kind=kind, first=first, postgresql=postgresql)


policy = _in("shop", "policy", "access", "orders")
policy_field = _in("clinic", "policy", "access")
bound = _in("shop", "bound", "products", "orders")
lock = _in("shop", "lock", "races", "auth_races", "auth_sessions", postgresql=True)
lock_trash = _in("rooms", "lock", "races", postgresql=True)
statements = _in("shop", "statements", "orders")
ties = _in("shop", "tie-break", "products", "orders")
nulls = _in("tracker", "tie-break", "tasks")
effect = _in("shop", "effect", "orders")
effect_made = _in("clinic", "effect", "visits")
effect_user = _in("tracker", "effect", "tasks")
unique = _in("shop", "unique error", "products")
unique_pg = _in("shop", "unique error", "products", postgresql=True)
unique_tenant = _in("tracker", "unique error", "labels", "projects")
token = _in("shop", "token rotation", "auth_races", "auth_sessions", "auth_password", "auth_email")
trash = _in("shop", "soft-delete scope", "products", "orders", "categories")
trash_rooms = _in("rooms", "soft-delete scope", "bookings", "rooms")
tenant = _in("tracker", "tenant scope", "access", "tasks", "labels")
computed = _in("shop", "computed field", "orders")
computed_span = _in("rooms", "computed field", "bookings", "rooms")
computed_sum = _in("courses", "computed field", "courses", "people")

MUTATIONS = (
    # Who may
    policy(
        "every order is read by everybody who signed in",
        'def read(caller: Caller) -> Q:\n    """customer == user or staff"""\n',
        'def read(caller: Caller) -> Q:\n    """customer == user"""\n    return granted(caller, "signed_in")\n',
    ),
    policy(
        "an order is changed in any state",
        '(is_caller(caller, "customer") & Q(status="draft"))',
        'is_caller(caller, "customer")',
    ),
    policy(
        "anybody who reads an order pays it",
        'def pay(caller: Caller) -> Q:\n    """customer == user"""\n',
        'def pay(caller: Caller) -> Q:\n    """customer == user"""\n    return granted(caller, "signed_in")\n',
    ),
    policy(
        "any role will do",
        "return not self.roles.isdisjoint(roles)",
        "return bool(self.roles)",
    ),
    policy(
        "a caller is whoever is named by any account",
        "else Q(**{reference: caller.id})",
        'else Q(**{f"{reference}__isnull": False})',
    ),
    policy("who may not change a row gets as far as its body", "if not holds:", "if False:"),
    policy_field(
        "an update may end where its rule does not hold",
        "        plan.write_inner(form, [node])\n        self._require(form, body)\n",
        "        plan.write_inner(form, [node])\n",
    ),
    policy_field(
        "a field is written by whoever changes the row",
        "if names := sorted(refused & body.validated_data.keys()):",
        "if names := sorted(frozenset() & body.validated_data.keys()):",
    ),
    # Bounds
    bound(
        "stock falls below nothing",
        "models.CheckConstraint(condition=Q(stock__gte=0)",
        "models.CheckConstraint(condition=Q(stock__gte=-1_000_000)",
        TABLES,
    ),
    bound(
        "a price is negative",
        "price = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0)",
        "price = serializers.DecimalField(max_digits=12, decimal_places=2)",
        "apps/products/serializers.py",
    ),
    bound(
        "a name is longer than it may be",
        "name = serializers.CharField(max_length=200)",
        "name = serializers.CharField(max_length=201)",
        "apps/products/serializers.py",
    ),
    bound(
        "a broken bound is a mistake of the body",
        'if effect is not None and code in ("check", "required", "too_large"):',
        "if False:",
    ),
    # Locks
    lock(
        "rows are not locked before they change",
        'found = found.select_for_update(of=("self",), no_key=not deleting)',
        "",
    ),
    lock(
        "two admins remove each other",
        'cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURNS])',
        'cursor.execute("SELECT %s", [TURNS])',
    ),
    lock(
        "a sign-in does not wait for a change of the password",
        "same = User.objects.select_for_update().filter(",
        "same = User.objects.filter(",
    ),
    lock(
        "of two who redeem a code at once, both do",
        "good.select_for_update().first()",
        "good.first()",
    ),
    lock_trash(
        "what a body refers to is deleted meanwhile",
        'found.select_for_update(of=("self",), no_key=True).values_list',
        "found.values_list",
    ),
    # Statements
    statements(
        "parts are made one by one",
        "model.objects.bulk_create(new)",
        "[each.save(force_insert=True) for each in new]",
    ),
    statements(
        "what is stored of a new row is asked for before it is made",
        "setattr(row, name, value)\n        return row",
        "setattr(row, name, sql.worked_out({name: value})[name])\n        return row",
    ),
    # Order
    ties("ties are not broken", '(*order, ("id", order[-1][1]))', "order"),
    ties("ties are broken upwards where the list goes down", '("id", order[-1][1])', '("id", False)'),
    ties(
        "pages of ties begin again",
        "f\"({left}) {'<' if down else '>'} ({right})\"",
        "f\"{left.split(', ')[0]} {'<' if down else '>'} {right.split(', ')[0]}\"",
    ),
    nulls(
        "rows that tie with the last of a page are left out",
        " | Q(Exact(column, value)) & rest\n",
        "\n",
    ),
    nulls("nulls are where the database puts them", "last = True if self.nullable else None", "last = None"),
    nulls(
        "pages end where nulls begin",
        "        return found | Q(IsNull(column, True))\n",
        "        return found\n",
    ),
    # Effects
    effect("paying does not take from the stock", "    apply(change, effects.PAY)\n", ""),
    effect("paying adds to the stock", '"stock", "-=", lines_', '"stock", "+=", lines_'),
    effect("lines are counted in place of pieces", 'amount=Sum(F("quantity"))', 'amount=Sum(F("quantity") * 0 + 1)'),
    effect(
        "what an effect changes keeps its version",
        "rows.update(**{effect.column: effect.value(amounts)}, **raised)",
        "rows.update(**{effect.column: effect.value(amounts)})",
    ),
    effect(
        "a move does not look at the state",
        'self.here().filter(**{f"{state}__in": source}).update(**raised)',
        "self.here().update(**raised)",
    ),
    effect(
        "a move keeps the state",
        '"updated_at": self.caller.moment, state: target}',
        '"updated_at": self.caller.moment}',
    ),
    effect_made("a new visit is not counted", "    apply(change, effects.CREATE)\n", ""),
    effect_made("a deleted visit is still counted", "    apply(change, effects.DELETE)\n", ""),
    effect_user("who starts a task is not its assignee", "    apply(change, effects.START)\n", ""),
    effect_user("a task that is opened again stays finished", "    apply(change, effects.REOPEN)\n", ""),
    # Unique values
    unique("SQLite's duplicates are broken checks", '"UNIQUE": "duplicate"', '"UNIQUE": "check"'),
    unique_pg("PostgreSQL's duplicates are broken checks", '"23505": "duplicate"', '"23505": "check"'),
    unique(
        "two products have one sku",
        'fields=["sku"], condition',
        'fields=["sku", "id"], condition',
        TABLES,
    ),
    unique(
        "deleted products keep their sku",
        'fields=["sku"], condition=Q(deleted_at__isnull=True), name',
        'fields=["sku"], name',
        TABLES,
    ),
    unique_tenant(
        "a duplicate names the tenant",
        'getattr(model, "WHOLE", None), getattr(model, "TENANT", None)',
        'getattr(model, "WHOLE", None), None',
    ),
    # Tokens
    token(
        "any refresh token of a session is good",
        'filter(pk=claims["sid"], token_hash=tokens.digest(claims["jti"]))',
        'filter(pk=claims["sid"])',
    ),
    token(
        "a refresh token stays good",
        "good.update(token_hash=tokens.digest(jti), ",
        "good.update(",
    ),
    token(
        "a stolen refresh token does not end the session",
        '            Session.objects.filter(pk=claims["sid"]).delete()  # somebody else has a copy\n',
        "",
    ),
    token(
        "a session lasts as long as it is used",
        "filter(expires_at__gt=moment, created_at__gt=moment - LONGEST)",
        "filter(expires_at__gt=moment)",
    ),
    token("a refresh token is good for access", 'if found["header"].get("typ") != kind or', "if"),
    token("a code is good for everything", ", purpose__in=purposes, expires_at__gt", ", expires_at__gt"),
    token("a code does not expire", ", purpose__in=purposes, expires_at__gt=now())", ", purpose__in=purposes)"),
    token("a new password ends no sessions", "    Session.objects.filter(user=user).exclude(pk=but).delete()\n", ""),
    token("a code is good again and again", "    Ticket.objects.filter(pk=found.pk).delete()\n", ""),
    # Rows that are deleted and kept
    trash(
        "deleted products are met",
        '    """not deleted"""\n    return Q(deleted_at__isnull=True)\n',
        '    """not deleted"""\n    return EVERY\n',
        "apps/products/permissions.py",
    ),
    trash(
        "views do not leave out what is deleted",
        "return read if self.live is None else self.live() if read is EVERY else read & self.live()",
        "return read",
    ),
    trash_rooms(
        "what others refer to is deleted",
        "        if model._base_manager.filter(_in_sight(model), **{field.name: change.id}).exists():\n",
        "        if False:\n",
    ),
    trash("a row that is not deleted is restored", "if change.row.deleted_at is None:", "if False:"),
    # Tenants
    tenant(
        "labels of other workspaces are read",
        'return granted(caller, "signed_in") & Q(workspace=caller.tenant)\n',
        'return granted(caller, "signed_in")\n',
        "apps/labels/permissions.py",
    ),
    tenant(
        "tasks of other workspaces are read",
        "    ) & Q(workspace=caller.tenant)\n\n\ndef update(",
        "    )\n\n\ndef update(",
        "apps/tasks/permissions.py",
    ),
    tenant(
        "admins mix tenants",
        'rules += [Q(**{tenant: Given("within", field) if there else None}) for there in within]',
        "rules += []",
    ),
    tenant(
        "whoever is no member names the tenant",
        '        if "admin" not in caller.roles:\n            raise NotFound("tenant")\n        return replace',
        "        return replace",
    ),
    tenant(
        "roles of one tenant hold in another",
        "return replace(caller, tenant=tenant, roles=caller.roles | roles)",
        "return replace(caller, tenant=tenant)",
    ),
    # Computed fields
    computed("a total is without quantities", 'F("quantity") * F("price"),', 'F("price"),'),
    computed(
        "a total is of all orders",
        'models.OrderLine.objects.filter(order=OuterRef("pk"))',
        "models.OrderLine.objects.all()",
        "apps/orders/computed.py",
    ),
    computed(
        "a price is not that of the product",
        'filter(pk=order_line.product_id).values("price")',
        'filter(pk=order_line.product_id).values("stock")',
    ),
    computed_span(
        "a length is backwards", 'F("ends_at") - F("starts_at"), output', 'F("starts_at") - F("ends_at"), output'
    ),
    computed_span(
        "bookings of all rooms count",
        'bookings.Booking.objects.filter(room=OuterRef("pk"))',
        "bookings.Booking.objects.all()",
    ),
    computed_sum(
        "lessons of all courses count",
        'models.Lesson.objects.filter(course=OuterRef("pk")), "hours"',
        'models.Lesson.objects.all(), "hours"',
    ),
)
