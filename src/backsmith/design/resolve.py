"""From Python's syntax tree to typed expressions: names resolved, operations checked, mistakes told in place."""

import ast
import decimal
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from backsmith.design import expressions as e
from backsmith.design.naming import CONSTANTS
from backsmith.design.operations import (
    NUMBERS,
    TEXTS,
    WHOLE,
    arithmetic,
    averaged,
    common,
    comparable,
    described,
    length_of,
    named,
    ordered,
    summed,
)
from backsmith.design.ownership import owner_path
from backsmith.design.paths import Walk, dotted, dotted_names, walk
from backsmith.design.scope import AGGREGATES, FUNCTIONS, Scope, Use, find_entity, leads_to_many, target_of
from backsmith.design.types import (
    BigInt,
    Bool,
    Date,
    DateTime,
    Decimal,
    Duration,
    Enum,
    Int,
    Null,
    Ref,
    Text,
    Time,
    Type,
    Uuid,
    Values,
)
from backsmith.diagnostics.origin import Origin
from backsmith.diagnostics.passage import Passage
from backsmith.diagnostics.report import Report, did_you_mean, listing

_COMPARISONS: dict[type[ast.cmpop], e.Comparison] = {
    ast.Eq: e.Comparison.EQ,
    ast.NotEq: e.Comparison.NE,
    ast.Lt: e.Comparison.LT,
    ast.LtE: e.Comparison.LE,
    ast.Gt: e.Comparison.GT,
    ast.GtE: e.Comparison.GE,
    ast.Is: e.Comparison.EQ,
    ast.IsNot: e.Comparison.NE,
}

_OPERATORS: dict[type[ast.operator], e.Operator] = {
    ast.Add: e.Operator.ADD,
    ast.Sub: e.Operator.SUB,
    ast.Mult: e.Operator.MUL,
    ast.Div: e.Operator.DIV,
}

_UNITS = {e.Function.DAYS: "days", e.Function.HOURS: "hours", e.Function.MINUTES: "minutes"}
_LONGEST_DURATION = timedelta(days=36_500)
_TO_DAYS = {"microseconds": 86_400_000_000, "minutes": 1440, "hours": 24, "days": 1}


class Resolver:
    """Reads one expression. Every method answers None where it has told a mistake."""

    def __init__(self, scope: Scope, passage: Passage, report: Report) -> None:
        self.scope = scope
        self.passage = passage
        self.report = report
        self._bytes = None if passage.text.isascii() else passage.text.encode()

    def condition(self, node: ast.expr) -> e.Expr | None:
        """An expression that is true or false. A role that is also a field, unless that is a bool, is the role here."""
        found = self._role(node) or self.expr(node)
        if found is not None and not isinstance(found.type, Bool):
            return self.wrong(
                node, "not-a-condition", f"this is {named(found.type)}, not true or false", _make_condition(found)
            )
        return found

    def expr(self, node: ast.expr) -> e.Expr | None:
        """Any expression."""
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name() | ast.Attribute():
                return self._name(node)
            case ast.BoolOp(op=op, values=values):
                return self._logic(node, values, e.And if isinstance(op, ast.And) else e.Or)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.Compare():
                return self._comparison(node)
            case ast.BinOp():
                return self._arithmetic(node)
            case ast.Call():
                return self._call(node)
        return self.wrong(node, "not-in-language", f"{_described(node)} is not part of the language", _instead(node))

    def _role(self, node: ast.expr) -> e.Expr | None:
        if not isinstance(node, ast.Name) or node.id not in self.scope.roles:
            return None
        field = next((field for field in self.scope.start.fields if field.name == node.id), None)
        return None if field and isinstance(field.type, Bool) else e.Role(name=node.id, origin=self.origin(node))

    def wrong(self, node: ast.expr, code: str, message: str, hint: str = "") -> None:
        """Tell a mistake at a node."""
        self.report.error(code, message, self.origin(node), hint)

    def origin(self, node: ast.expr) -> Origin:
        """Where a node stands in the source."""
        return self.passage.at(*self._span(node))

    def _span(self, node: ast.expr) -> tuple[int, int]:
        start, end = node.col_offset, node.end_col_offset or node.col_offset + 1
        if self._bytes is None:
            return start, end
        return len(self._bytes[:start].decode(errors="replace")), len(self._bytes[:end].decode(errors="replace"))

    # Constants

    def _constant(self, node: ast.Constant) -> e.Expr | None:
        origin = self.origin(node)
        match node.value:
            case bool(value):
                return e.Literal(value=value, type=Bool(), origin=origin)
            case None:
                return e.Literal(value=None, type=Null(), may_be_null=True, origin=origin)
            case str(value):
                return self._text(node, value)
            case int(value):
                return self._whole(node, value)
            case float():
                return self._decimal(node)
        return self.wrong(node, "not-in-language", "this constant is not part of the language")

    def _text(self, node: ast.expr, value: str) -> e.Expr | None:
        if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
            return self.wrong(node, "bad-text", "text cannot hold this character")
        return e.Literal(value=value, type=Text(length=len(value)), origin=self.origin(node))

    def _whole(self, node: ast.expr, value: int) -> e.Expr | None:
        if abs(value) >= 2**63:
            return self.wrong(node, "too-large", "this number does not fit into 64 bits")
        return e.Literal(value=value, type=Int() if abs(value) < 2**31 else BigInt(), origin=self.origin(node))

    def _decimal(self, node: ast.expr) -> e.Expr | None:
        start, end = self._span(node)
        written = self.passage.text[start:end].replace("_", "")
        if not written.replace(".", "", 1).isdecimal():
            return self.wrong(
                node, "not-in-language", "this number is not part of the language", "write it out: `1500.00`"
            )
        value = decimal.Decimal(written)
        digits, scale = len(value.as_tuple().digits), len(written.partition(".")[2])
        if digits > 38 or scale > 38:
            return self.wrong(node, "too-large", "this number has too many digits")
        kind = Decimal(precision=max(digits, scale), scale=scale)
        return e.Literal(value=value, type=kind, origin=self.origin(node))

    # Names

    def _name(self, node: ast.expr) -> e.Expr | None:
        names = dotted(node)
        if names is None:
            return self.wrong(node, "not-in-language", "a path begins with a name", "write `customer.name`")
        first = names[0]
        own = any(field.name == first for field in self.scope.start.fields)
        if len(names) == 1 and first.lower() in CONSTANTS and not own:
            return self._constant(ast.copy_location(ast.Constant(CONSTANTS[first.lower()]), node))
        if first == "user" or (first == "input" and not own):
            return self._user(node, names) if first == "user" else self._input(node, names)
        if len(names) == 1 and not own and (word := self._word(node, first)) is not NotImplemented:
            return word if isinstance(word, e.Expr) else None
        return self._field(node, names)

    def _word(self, node: ast.expr, name: str) -> object:
        """The expression of a word or a role; None where it means nothing here, NotImplemented where it is neither."""
        origin = self.origin(node)
        words: dict[str, e.Expr] = {
            "owner": e.Owner(origin=origin),
            "anyone": e.Anyone(origin=origin),
            "signed_in": e.SignedIn(origin=origin),
            "now": e.Now(origin=origin),
            "today": e.Today(origin=origin),
        }
        if name in words:
            return self._allowed_word(node, name, words[name])
        if name == "tenant" and self.scope.design.lowered and self.scope.design.tenant:
            nullable = self.scope.use in (Use.RULE, Use.CONDITION)
            return e.Tenant(type=Ref(targets=(self.scope.design.tenant.name,)), may_be_null=nullable, origin=origin)
        if name not in self.scope.design.auth.roles:
            return NotImplemented
        if not self.scope.roles:
            return self.wrong(node, "word-not-here", f"the role `{name}` means nothing in {self.scope.use.called}")
        return e.Role(name=name, origin=origin)

    def _allowed_word(self, node: ast.expr, name: str, found: e.Expr) -> e.Expr | None:
        if name not in self.scope.use.words:
            hint = "the moment would change what holds; compare stored fields" if self.scope.use is Use.CHECK else ""
            return self.wrong(node, "word-not-here", f"`{name}` means nothing in {self.scope.use.called}", hint)
        if name == "owner" and self.scope.outer:
            return self.wrong(node, "word-not-here", "`owner` is about the outer row", "compare with `user` instead")
        if name == "owner" and owner_path(self.scope.design, self.scope.entity) is None:
            if any(field.name == "*" for field in self.scope.entity.fields):
                return None
            message = f"{self.scope.entity.name} has no owner"
            return self.wrong(node, "no-owner", message, "mark a field with it: `customer: User owner`")
        return found

    def _user(self, node: ast.expr, names: list[str]) -> e.Expr | None:
        if "user" not in self.scope.use.words:
            return self.wrong(node, "word-not-here", f"`user` means nothing in {self.scope.use.called}")
        account = self.scope.design.entity("User")
        way = walk(self.scope.design, account, names[1:])
        if not self.told(node, way, names[1:]):
            return None
        if way.many:
            return self.wrong(
                node,
                "user-to-many",
                "a path from `user` cannot lead to many rows",
                "begin at the row: `user in project.members`",
            )
        nullable = way.may_be_null or self.scope.use in (Use.RULE, Use.CONDITION)
        kind = way.fields[-1].type if way.fields else Ref(targets=("User",))
        return e.User(steps=tuple(names[1:]), type=kind, may_be_null=nullable, origin=self.origin(node))

    def _input(self, node: ast.expr, names: list[str]) -> e.Expr | None:
        if "input" not in self.scope.use.words:
            return self.wrong(node, "word-not-here", f"`input` means nothing in {self.scope.use.called}")
        known = {field.name: field for field in self.scope.input}
        if len(names) != 2 or names[1] not in known:
            hint = did_you_mean(
                names[-1],
                known,
                f"it has {listing(known, 'and')}" if known else "declare it: `input: {reason: str(200)}`",
            )
            return self.wrong(
                node, "unknown-input", "the input has no such field" if len(names) == 2 else "write `input.NAME`", hint
            )
        field = known[names[1]]
        return e.Input(name=field.name, type=field.type, may_be_null=field.optional, origin=self.origin(node))

    def _field(self, node: ast.expr, names: list[str]) -> e.Expr | None:
        way = walk(self.scope.design, self.scope.start, names)
        if not self.told(node, way, names):
            return None
        if self.scope.outer:
            inner = self._inner(node, names)
            if inner is None or not inner[0]:
                return inner[1] if inner else None
            names, way = inner[0], replace(way, fields=way.fields[len(self.scope.prefix) :])
        if way.many:
            path = ".".join(names)
            return self.wrong(
                node,
                "many-rows",
                f"`{path}` is many values, not one",
                f"put it inside of a function of many: `count({path})`, `any({path} == ...)`",
            )
        if self.scope.use is Use.CHECK and not self._own_column(node, way):
            return None
        steps = tuple(names)
        return e.Path(
            entity=self.scope.entity.name,
            steps=steps,
            type=way.fields[-1].type,
            may_be_null=way.may_be_null,
            origin=self.origin(node),
        )

    def _inner(self, node: ast.expr, names: list[str]) -> tuple[list[str], e.Expr | None] | None:
        """The names that are left without the way to the rows; no names, and the row itself, where none is."""
        prefix = list(self.scope.prefix)
        if names[: len(prefix)] != prefix:
            rows = ".".join(prefix)
            hint = f"only paths that begin with `{rows}` are allowed here"
            back = next((f.name for f in self.scope.entity.fields if target_of(f.type) == self.scope.start.name), None)
            if len(prefix) == 1 and back and not leads_to_many(self.scope.entity.field(back).type):
                hint += f"; the outer row is `{rows}.{back}`"
            return self.wrong(node, "outer-path", f"`{'.'.join(names)}` is not about a row of `{rows}`", hint)
        if len(names) > len(prefix):
            return names[len(prefix) :], None
        at = self.scope.entity.name
        return [], e.Path(entity=at, steps=("id",), type=Ref(targets=(at,)), origin=self.origin(node))

    def _own_column(self, node: ast.expr, way: Walk) -> bool:
        name = way.fields[0].name
        if len(way.fields) > 1:
            self.wrong(
                node, "not-own-row", "a check is about the row's own fields only", f"`{name}` leads to another row"
            )
            return False
        if way.fields[0].computed is not None:
            self.wrong(
                node,
                "not-own-row",
                f"`{name}` is computed, and a check is about stored fields only",
                "write out what it stands for",
            )
            return False
        return True

    def told(self, node: ast.expr, way: Walk, names: list[str]) -> bool:
        """Whether every name was found; tells where not."""
        if way.problem is None:
            return not way.broken
        index, code, message, hint = way.problem
        attribute: ast.expr = node
        for _ in range(len(names) - 1 - index):
            assert isinstance(attribute, ast.Attribute)
            attribute = attribute.value
        start, end = self._span(attribute)
        if isinstance(attribute, ast.Attribute):
            start = max(start, end - len(names[index]))
        elif index == 0:
            message, hint = self._unknown_name(names[0], hint)
        self.report.error(code, message, self.passage.at(start, end), hint)
        return False

    def _unknown_name(self, name: str, hint: str) -> tuple[str, str]:
        known = self.scope.names()
        for field in self.scope.start.fields:
            if isinstance(field.type, Enum) and name in field.type.words:
                hint = f"a word of an enum is in quotes: `{field.name} == '{name}'`"
                return f"{self.scope.start.name} has no field `{name}`", hint
        if name in (*FUNCTIONS, *AGGREGATES):
            return f"`{name}` is a function", f"write `{name}(...)`"
        return f"unknown name `{name}`", did_you_mean(name, known, hint)

    # Logic and comparisons

    def _logic(self, node: ast.expr, values: Sequence[ast.expr], kind: type[e.And] | type[e.Or]) -> e.Expr | None:
        found = [self.condition(value) for value in values]
        operands: list[e.Expr] = []
        for each in found:
            if each is None:
                return None
            operands += each.operands if isinstance(each, kind) else [each]
        return kind(operands=tuple(operands), origin=self.origin(node))

    def _unary(self, node: ast.UnaryOp) -> e.Expr | None:
        if isinstance(node.op, ast.Not):
            operand = self.condition(node.operand)
            return operand and e.Not(operand=operand, origin=self.origin(node))
        operand = self.expr(node.operand)
        if operand is None or (isinstance(node.op, ast.UAdd) and isinstance(operand.type, NUMBERS)):
            return operand
        if not isinstance(node.op, ast.USub) or not isinstance(operand.type, (*NUMBERS, Duration)):
            return self.wrong(node, "wrong-type", f"{named(operand.type)} has no negative")
        if isinstance(operand, e.Literal) and isinstance(operand.value, (int, decimal.Decimal, timedelta)):
            return replace(operand, value=-operand.value, origin=self.origin(node))
        return e.Negative(operand=operand, type=operand.type, may_be_null=operand.may_be_null, origin=self.origin(node))

    def _comparison(self, node: ast.Compare) -> e.Expr | None:
        sides = [node.left, *node.comparators]
        pairs = [self._pair(*pair) for pair in zip(sides, node.ops, sides[1:], strict=False)]
        found = [pair for pair in pairs if pair is not None]
        if len(found) < len(pairs):
            return None
        return found[0] if len(found) == 1 else e.And(operands=tuple(found), origin=self.origin(node))

    def _pair(self, left_node: ast.expr, op: ast.cmpop, right_node: ast.expr) -> e.Expr | None:
        if isinstance(op, (ast.In, ast.NotIn)):
            found = self._membership(left_node, right_node)
            return e.Not(operand=found, origin=found.origin) if found and isinstance(op, ast.NotIn) else found
        left, right = self.expr(left_node), self.expr(right_node)
        if left is None or right is None:
            return None
        adapted_left, adapted_right = self.adapt(left, right.type, left_node), self.adapt(right, left.type, right_node)
        if adapted_left is None or adapted_right is None:
            return None
        operator = _COMPARISONS[type(op)]
        if not self._compares(adapted_left, adapted_right, operator, left_node, right_node):
            return None
        return e.Compare(
            operator=operator, left=adapted_left, right=adapted_right, origin=self._between(left_node, right_node)
        )

    def _between(self, left: ast.expr, right: ast.expr) -> Origin:
        return self.passage.at(self._span(left)[0], self._span(right)[1])

    def _compares(
        self, left: e.Expr, right: e.Expr, operator: e.Comparison, left_node: ast.expr, right_node: ast.expr
    ) -> bool:
        origin = self._between(left_node, right_node)
        if not comparable(left.type, right.type) and not (_same_row(left, right) or _same_row(right, left)):
            message = f"{_called(left)} and {_called(right)} cannot be compared"
            self.report.error("wrong-type", message, origin, _compare_hint(left, right))
            return False
        if operator in (e.Comparison.EQ, e.Comparison.NE):
            return True
        unordered = next((side for side in (left, right) if not ordered(side.type)), None)
        if unordered is not None:
            hint = (
                "name the words: `status in ('paid', 'shipped')`"
                if isinstance(unordered.type, Enum)
                else "compare with == or !="
            )
            self.report.error("wrong-type", f"{named(unordered.type)} has no order", origin, hint)
        return unordered is None

    def _membership(self, left_node: ast.expr, right_node: ast.expr) -> e.Expr | None:
        left = self.expr(left_node)
        if isinstance(right_node, (ast.Tuple, ast.List, ast.Set)):
            return self._among(left, left_node, right_node)
        right = self.collection(right_node)
        if left is None or right is None:
            return None
        item = _item_type(right)
        adapted = self.adapt(left, item, left_node)
        if adapted is None:
            return None
        if not comparable(adapted.type, item) and not _is_id(adapted, item):
            message = f"{named(left.type)} is never among values of {named(item)}"
            return self.wrong(left_node, "wrong-type", message)
        return e.In(left=adapted, right=right, origin=self._between(left_node, right_node))

    def _among(self, left: e.Expr | None, left_node: ast.expr, node: ast.Tuple | ast.List | ast.Set) -> e.Expr | None:
        items = [self._item(item, left) for item in node.elts]
        literals = tuple(item for item in items if item is not None)
        if left is None or len(literals) < len(items):
            return None
        if not literals:
            return self.wrong(node, "wrong-type", "nothing is in an empty list")
        for item, literal in zip(node.elts, literals, strict=True):
            if not comparable(left.type, literal.type):
                return self.wrong(
                    item, "wrong-type", f"{named(left.type)} and {named(literal.type)} cannot be compared"
                )
        return e.In(left=left, right=literals, origin=self._between(left_node, node))

    def _item(self, node: ast.expr, left: e.Expr | None) -> e.Literal | None:
        found = self.expr(node)
        if found is not None and not isinstance(found, e.Literal):
            return self.wrong(
                node, "wrong-type", "a list in an expression holds constants only", "write `a == x or a == y`"
            )
        if found is None or left is None:
            return None
        adapted = self.adapt(found, left.type, node)
        return adapted if isinstance(adapted, e.Literal) else None

    def collection(self, node: ast.expr) -> e.Collection | None:
        """A path to many rows, or to many values."""
        names = dotted(node)
        if names is None:
            return self.wrong(
                node, "not-many", "`in` needs a list of constants or a path to many", "write `user in project.members`"
            )
        if names[0] == "user":
            hint = (
                "a role is written by its own name: `staff`"
                if names[1:] == ["roles"]
                else "begin at the row: `user in project.members`"
            )
            return self.wrong(node, "user-to-many", "a path from `user` cannot lead to many", hint)
        if self.scope.outer or self.scope.use is Use.CHECK:
            where = "inside another path to many" if self.scope.outer else "in a check"
            return self.wrong(node, "not-own-row", f"other rows cannot be looked at {where}")
        way = walk(self.scope.design, self.scope.entity, names)
        if not self.told(node, way, names):
            return None
        last = way.fields[-1].type
        if not way.many and not isinstance(last, Values):
            return self.wrong(node, "not-many", f"`{'.'.join(names)}` is one value, not many", "compare with ==")
        return e.Collection(
            entity=self.scope.entity.name,
            steps=tuple(names),
            at=target_of(last),
            type=last,
            may_be_null=way.may_be_null,
            origin=self.origin(node),
        )

    def adapt(self, found: e.Expr, kind: Type, node: ast.expr) -> e.Expr | None:
        """A text as the word of an enum, where it meets one."""
        if not isinstance(found, e.Literal) or not isinstance(found.value, str):
            return found
        if isinstance(kind, (Date, DateTime, Time, Uuid)):
            hint = (
                "compare with another field, `now` or `today`"
                if isinstance(kind, (Date, DateTime))
                else "compare with another field"
            )
            return self.wrong(node, "wrong-type", f"there are no constants of type {named(kind)}", hint)
        if not isinstance(kind, Enum):
            return found
        if found.value not in kind.words:
            hint = did_you_mean(found.value, kind.words, f"it is one of {listing(kind.words)}")
            return self.wrong(node, "unknown-word", f"`{found.value}` is not one of its words", hint)
        return replace(found, type=kind)

    # Arithmetic and functions

    def _arithmetic(self, node: ast.BinOp) -> e.Expr | None:
        operator = _OPERATORS.get(type(node.op))
        if operator is None:
            return self.wrong(
                node, "not-in-language", "this operator is not part of the language", _operator_hint(node.op)
            )
        left, right = self.expr(node.left), self.expr(node.right)
        if left is None or right is None:
            return None
        kind = arithmetic(operator, left.type, right.type)
        if kind is None:
            message = f"`{operator}` does not work between {named(left.type)} and {named(right.type)}"
            return self.wrong(node, "wrong-type", message, _arithmetic_hint(left.type, right.type))
        if operator is e.Operator.DIV and isinstance(right, e.Literal) and not right.value:
            return self.wrong(node.right, "division-by-zero", "this divides by zero")
        nullable = (
            left.may_be_null or right.may_be_null or (operator is e.Operator.DIV and not isinstance(right, e.Literal))
        )
        return e.Arithmetic(
            operator=operator, left=left, right=right, type=kind, may_be_null=nullable, origin=self.origin(node)
        )

    def _call(self, node: ast.Call) -> e.Expr | None:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        known = (*FUNCTIONS, *AGGREGATES)
        if name not in known:
            hint = did_you_mean(name or "", known, f"the functions are {', '.join(known)}")
            return self.wrong(
                node.func, "unknown-function", f"there is no function `{name or ast.unparse(node.func)}`", hint
            )
        if node.keywords:
            return self.wrong(node.keywords[0].value, "wrong-arguments", "arguments have no names here")
        if not node.args or (len(node.args) > 1 and name != "coalesce"):
            hint = f"`{name}` is about many rows: `{name}(lines.price)`" if name in AGGREGATES else ""
            return self.wrong(node, "wrong-arguments", f"`{name}` takes one argument, not {len(node.args)}", hint)
        return (
            self._aggregate(node, e.Aggregation(name)) if name in AGGREGATES else self._function(node, e.Function(name))
        )

    def _function(self, node: ast.Call, function: e.Function) -> e.Expr | None:
        found = [self.expr(argument) for argument in node.args]
        arguments = tuple(argument for argument in found if argument is not None)
        if len(arguments) < len(found):
            return None
        if function is e.Function.COALESCE:
            return self._coalesce(node, arguments)
        (argument,) = arguments
        if function in _UNITS:
            return self._duration(node, function, argument)
        if not isinstance(argument.type, TEXTS):
            return self.wrong(
                node.args[0],
                "wrong-type",
                f"`{function}` takes text, not {named(argument.type)}",
                _length_hint(argument.type),
            )
        kind = Int() if function is e.Function.LENGTH else Text(length=length_of(argument.type))
        return e.Call(
            function=function,
            arguments=arguments,
            type=kind,
            may_be_null=argument.may_be_null,
            origin=self.origin(node),
        )

    def _coalesce(self, node: ast.Call, arguments: tuple[e.Expr, ...]) -> e.Expr | None:
        enum = next((argument.type for argument in arguments if isinstance(argument.type, Enum)), None)
        if enum:
            adapted = [self.adapt(argument, enum, each) for argument, each in zip(arguments, node.args, strict=True)]
            if any(argument is None for argument in adapted):
                return None
            arguments = tuple(argument for argument in adapted if argument)
        kind = common([argument.type for argument in arguments])
        if kind is None or len(arguments) < 2:
            message = (
                "`coalesce` takes two values or more"
                if kind
                else f"{' and '.join(named(a.type) for a in arguments)} have no common type"
            )
            return self.wrong(node, "wrong-arguments", message)
        nullable = all(argument.may_be_null for argument in arguments)
        return e.Call(
            function=e.Function.COALESCE, arguments=arguments, type=kind, may_be_null=nullable, origin=self.origin(node)
        )

    def _duration(self, node: ast.Call, function: e.Function, argument: e.Expr) -> e.Expr | None:
        if not isinstance(argument.type, WHOLE):
            return self.wrong(
                node.args[0], "wrong-type", f"`{function}` takes a whole number, not {named(argument.type)}"
            )
        if isinstance(argument, e.Literal) and isinstance(argument.value, int):
            unit = _UNITS[function]
            if abs(argument.value) > _LONGEST_DURATION.days * _TO_DAYS[unit]:
                return self.wrong(node, "too-large", "a length of time is a hundred years at most")
            return e.Literal(value=timedelta(**{unit: argument.value}), type=Duration(), origin=self.origin(node))
        return e.Call(
            function=function,
            arguments=(argument,),
            type=Duration(),
            may_be_null=argument.may_be_null,
            origin=self.origin(node),
        )

    def _aggregate(self, node: ast.Call, function: e.Aggregation) -> e.Expr | None:
        if self.scope.use is Use.CHECK or self.scope.outer:
            where = "inside another function of many" if self.scope.outer else "in a check"
            return self.wrong(node, "not-own-row", f"`{function}` looks at other rows, which it cannot do {where}")
        over = self._over(node, function)
        if over is None or over.at is None:
            return None
        at = find_entity(self.scope.design, over.at)
        if at is None:
            return None
        if dotted(node.args[0]) == list(over.steps):
            return self._of_rows(node, function, over)
        inner = Resolver(
            replace(self.scope, entity=at, outer=self.scope.entity, prefix=over.steps), self.passage, self.report
        )
        logical = function in (e.Aggregation.ANY, e.Aggregation.ALL)
        operand = inner.condition(node.args[0]) if logical else inner.expr(node.args[0])
        return operand and self._aggregated(node, function, over, operand)

    def _of_rows(self, node: ast.Call, function: e.Aggregation, over: e.Collection) -> e.Expr | None:
        rows = ".".join(over.steps)
        if function is not e.Aggregation.COUNT:
            hint = (
                f"write `count({rows}) > 0`"
                if function is e.Aggregation.ANY
                else f"name a field of the rows: `{function}({rows}.NAME)`"
            )
            return self.wrong(node, "wrong-arguments", f"`{function}` needs a value of each row", hint)
        return e.Aggregate(function=function, over=over, operand=None, type=BigInt(), origin=self.origin(node))

    def _over(self, node: ast.Call, function: e.Aggregation) -> e.Collection | None:
        """The collection that the aggregate goes over."""
        found: dict[tuple[str, ...], Walk] = {}
        for names in dotted_names(node.args[0]):
            way = walk(self.scope.design, self.scope.entity, names)
            if way.broken:
                return None
            if way.many:
                found.setdefault(tuple(names[: way.many]), replace(way, fields=way.fields[: way.many], problem=None))
        if len(found) == 1:
            ((steps, way),) = found.items()
            kind = way.fields[-1].type
            return e.Collection(
                entity=self.scope.entity.name,
                steps=steps,
                at=target_of(kind),
                type=kind,
                origin=self.origin(node.args[0]),
            )
        if found:
            several = listing((".".join(steps) for steps in found), "and")
            return self.wrong(node, "not-many", f"`{function}` goes over one path to many rows, not over {several}")
        before = len(self.report.found)
        self.expr(node.args[0])
        if len(self.report.found) == before:
            self.wrong(
                node.args[0], "not-many", f"`{function}` needs a path to many rows", f"write `{function}(lines.price)`"
            )
        return None

    def _aggregated(
        self, node: ast.Call, function: e.Aggregation, over: e.Collection, operand: e.Expr
    ) -> e.Expr | None:
        kind = self._aggregated_type(function, operand)
        if kind is None:
            hint = "to ask for one such row write `any(...)`" if function is e.Aggregation.COUNT else ""
            return self.wrong(node.args[0], "wrong-type", f"`{function}` does not work on {named(operand.type)}", hint)
        nullable = function in (e.Aggregation.AVG, e.Aggregation.MIN, e.Aggregation.MAX)
        return e.Aggregate(
            function=function, over=over, operand=operand, type=kind, may_be_null=nullable, origin=self.origin(node)
        )

    def _aggregated_type(self, function: e.Aggregation, operand: e.Expr) -> Type | None:
        match function:
            case e.Aggregation.SUM:
                return summed(operand.type)
            case e.Aggregation.AVG:
                return averaged(operand.type)
            case e.Aggregation.MIN | e.Aggregation.MAX:
                return operand.type if ordered(operand.type) else None
            case e.Aggregation.COUNT:
                return BigInt() if isinstance(operand, e.Path) else None
        return Bool()


def _called(found: e.Expr) -> str:
    return described(found.type, isinstance(found, e.Literal))


def _same_row(left: e.Expr, right: e.Expr) -> bool:
    """Whether a reference is compared with the id of what it refers to."""
    return isinstance(left.type, Ref) and _is_id(right, left.type)


def _is_id(found: e.Expr, kind: Type) -> bool:
    if not isinstance(kind, Ref):
        return False
    if isinstance(found, e.User):
        return found.steps == ("id",) and "User" in kind.targets
    return isinstance(found, e.Path) and found.steps == ("id",) and found.entity in kind.targets


def _item_type(collection: e.Collection) -> Type:
    """The type of what a collection holds."""
    if isinstance(collection.type, Values):
        return collection.type.item
    return Ref(targets=(collection.at,)) if collection.at else collection.type


def _make_condition(found: e.Expr) -> str:
    if isinstance(found, e.User):
        return "write `signed_in`, or compare: `customer == user`"
    if isinstance(found.type, Ref):
        return "compare it: `customer == user`"
    return "compare it with something"


def _compare_hint(left: e.Expr, right: e.Expr) -> str:
    kinds = {type(left.type), type(right.type)}
    if Values in kinds:
        return "ask for one of them: `'x' in labels`"
    if kinds == {Date, DateTime}:
        return "compare a date with `today`, a datetime with `now`"
    if Ref in kinds:
        return "compare a reference with a reference, or name a field of it"
    return ""


def _arithmetic_hint(left: Type, right: Type) -> str:
    kinds = {type(left), type(right)}
    if kinds & {Date, DateTime} and kinds & {Int, BigInt}:
        return "write `days(7)`, `hours(1)` or `minutes(5)`"
    if len(kinds) == 2 and "Float" in {kind.__name__ for kind in kinds} and Decimal in kinds:
        return "decimals are exact and floats are not; make both the same"
    return ""


def _length_hint(kind: Type) -> str:
    return "write `count(...)` for many rows" if leads_to_many(kind) else ""


def _operator_hint(op: ast.operator) -> str:
    match op:
        case ast.BitAnd():
            return "write `and`"
        case ast.BitOr():
            return "write `or`"
    return "there are + - * /"


def _described(node: ast.expr) -> str:
    match node:
        case ast.IfExp():
            return "`if ... else`"
        case ast.Lambda():
            return "`lambda`"
        case ast.Subscript():
            return "`[...]` after a value"
        case ast.List() | ast.Tuple() | ast.Set():
            return "a list outside of `in`"
        case ast.JoinedStr():
            return "an f-string"
    return "this"


def _instead(node: ast.expr) -> str:
    match node:
        case ast.IfExp():
            return "use `and`, `or` and `coalesce`"
        case ast.List() | ast.Tuple() | ast.Set():
            return "write `status in ('paid', 'shipped')`"
        case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
            return "a path goes over all rows by itself: `any(lines.quantity > 3)`"
    return ""
