"""What the types of a design allow: which values compare, add up, and fit where."""

from backsmith.design.expressions import Operator
from backsmith.design.types import (
    BigInt,
    Date,
    DateTime,
    Decimal,
    Duration,
    Email,
    Embedded,
    Enum,
    Float,
    Int,
    Inverse,
    Ip,
    Json,
    Many,
    Null,
    Parts,
    Phone,
    Ref,
    Slug,
    Text,
    Time,
    Type,
    Upload,
    Url,
    Values,
)

TEXTS = (Text, Email, Url, Slug, Phone, Ip)
"""Types whose values are characters."""

WHOLE = (Int, BigInt)
NUMBERS = (Int, BigInt, Float, Decimal)
MOMENTS = (Date, DateTime, Time)
TO_MANY = (Many, Parts, Inverse)

LENGTHS: dict[type[Type], int] = {Email: 254, Url: 2048, Slug: 100, Phone: 16, Ip: 45}
"""The most characters of the validated texts."""


def named(kind: Type) -> str:
    """How a message calls a type: as it is written in a blueprint."""
    match kind:
        case Text(length=None):
            return "text"
        case Text(length=length):
            return f"str({length})"
        case Decimal(precision=precision, scale=scale):
            return "money" if (precision, scale) == (12, 2) else f"decimal({precision},{scale})"
        case Enum(words=words, name=name):
            return name or "|".join(words)
        case Ref(targets=targets):
            return "|".join(targets)
        case Many(target=target) | Parts(target=target) | Inverse(target=target):
            return f"{target}[]"
        case Values(item=item):
            return f"{named(item)}[]"
        case Embedded(name=name):
            return name
        case Upload(image=image):
            return "image" if image else "file"
        case Null():
            return "None"
        case Duration() | DateTime() | BigInt():
            return type(kind).__name__.lower()
    return type(kind).__name__.lower()


def described(kind: Type, literal: bool) -> str:
    """How a message calls the type of an expression; the length of a text in quotes does not matter."""
    return "text" if literal and isinstance(kind, Text) else named(kind)


def comparable(left: Type, right: Type) -> bool:
    """Whether `==` between these makes sense."""
    if isinstance(left, Null) or isinstance(right, Null):
        return True
    match left, right:
        case Ref(targets=ours), Ref(targets=theirs):
            return bool(set(ours) & set(theirs))
        case Enum(words=ours), Enum(words=theirs):
            return bool(set(ours) & set(theirs))
        case (Float(), Decimal()) | (Decimal(), Float()):
            return False
        case (Values() | Json() | Embedded() | Upload(), _):
            return False
    texts = (*TEXTS, Enum)
    for family in (NUMBERS, texts):
        if isinstance(left, family) and isinstance(right, family):
            return True
    return type(left) is type(right)


def ordered(kind: Type) -> bool:
    """Whether values of this type have an order."""
    return isinstance(kind, (*NUMBERS, *MOMENTS, *TEXTS, Duration))


def scale_of(kind: Type) -> int:
    """Digits after the point."""
    return kind.scale if isinstance(kind, Decimal) else 0


def digits_of(kind: Type) -> int:
    """Digits in all, at most."""
    match kind:
        case Decimal(precision=precision):
            return precision
        case BigInt():
            return 19
    return 10


def arithmetic(operator: Operator, left: Type, right: Type) -> Type | None:
    """The type of `left operator right`, or None where there is none."""
    if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
        return _number(operator, left, right)
    if isinstance(left, TEXTS) and isinstance(right, TEXTS):
        return joined(left, right) if operator is Operator.ADD else None
    return _of_time(operator, left, right)


def _number(operator: Operator, left: Type, right: Type) -> Type | None:
    if isinstance(left, Float) or isinstance(right, Float):
        return None if isinstance(left, Decimal) or isinstance(right, Decimal) else Float()
    if isinstance(left, WHOLE) and isinstance(right, WHOLE) and operator is not Operator.DIV:
        return BigInt()
    scales = scale_of(left), scale_of(right)
    whole = max(digits_of(left) - scales[0], digits_of(right) - scales[1])
    if operator is Operator.MUL:
        return Decimal(precision=digits_of(left) + digits_of(right), scale=sum(scales))
    if operator is Operator.DIV:
        return Decimal(precision=digits_of(left) + max(scales) + 6, scale=max(scales) + 6)
    return Decimal(precision=whole + max(scales) + 1, scale=max(scales))


def joined(left: Type, right: Type) -> Text:
    """The type of two texts, one after the other."""
    lengths = length_of(left), length_of(right)
    return Text(length=None if lengths[0] is None or lengths[1] is None else lengths[0] + lengths[1])


def length_of(kind: Type) -> int | None:
    """The most characters that a text of this type has; None where there is no limit."""
    return kind.length if isinstance(kind, Text) else LENGTHS.get(type(kind))


LONGEST_INDEXED = 640
"""Characters that an index entry can hold: PostgreSQL takes 2,704 bytes, and a character may need four."""


def indexable(kinds: list[Type]) -> bool:
    """Whether values of these types, side by side, fit into an index whatever their characters."""
    lengths = [512 if isinstance(kind, Url) else length_of(kind) for kind in kinds if isinstance(kind, TEXTS)]
    return None not in lengths and sum(length or 0 for length in lengths) <= LONGEST_INDEXED


def _of_time(operator: Operator, left: Type, right: Type) -> Type | None:
    add, sub, mul, div = Operator.ADD, Operator.SUB, Operator.MUL, Operator.DIV
    match left, operator, right:
        case (DateTime() | Date(), _, Duration()) if operator in (add, sub):
            return left
        case (Duration(), _, DateTime() | Date()) if operator is add:
            return right
        case (DateTime(), _, DateTime()) | (Date(), _, Date()) if operator is sub:
            return Duration()
        case (Duration(), _, Duration()) if operator in (add, sub):
            return Duration()
        case (Duration(), _, Int() | BigInt()) if operator in (mul, div):
            return Duration()
        case (Int() | BigInt(), _, Duration()) if operator is mul:
            return Duration()
    return None


def summed(kind: Type) -> Type | None:
    """The type of a sum of such values."""
    match kind:
        case Int() | BigInt():
            return BigInt()
        case Float() | Duration():
            return kind
        case Decimal(precision=precision, scale=scale):
            return Decimal(precision=precision + 6, scale=scale)
    return None


def averaged(kind: Type) -> Type | None:
    """The type of an average of such values: exact numbers gain six places."""
    match kind:
        case Int() | BigInt() | Decimal():
            return Decimal(precision=digits_of(kind) + 6, scale=scale_of(kind) + 6)
        case Float() | Duration():
            return kind
    return None


def common(kinds: list[Type]) -> Type | None:
    """The one type that can hold values of all of these."""
    first, *rest = [kind for kind in kinds if not isinstance(kind, Null)] or [Null()]
    for kind in rest:
        if (wider := _wider(first, kind)) is None:
            return None
        first = wider
    return first


def _wider(left: Type, right: Type) -> Type | None:
    if left == right:
        return left
    if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
        if isinstance(left, WHOLE) and isinstance(right, WHOLE):
            return BigInt()
        return _number(Operator.ADD, left, right)
    if isinstance(left, TEXTS) and isinstance(right, TEXTS):
        lengths = length_of(left), length_of(right)
        return Text(length=None if lengths[0] is None or lengths[1] is None else max(lengths[0], lengths[1]))
    match left, right:
        case (Enum(words=ours), Enum(words=theirs)) if set(theirs) <= set(ours):
            return left
        case (Enum(words=ours), Enum(words=theirs)) if set(ours) <= set(theirs):
            return right
        case Ref(targets=ours), Ref(targets=theirs):
            return Ref(targets=tuple(dict.fromkeys(ours + theirs)))
    return None


def fits(value: Type, place: Type) -> bool:
    """Whether a value of one type can be stored as another. Lengths of text are looked at by `too_long`."""
    if value == place or isinstance(value, Null):
        return True
    match value, place:
        case (Int() | BigInt(), Int() | BigInt() | Float() | Decimal()):
            return True
        case (Decimal(), Decimal() | Float()):
            return True
        case (Enum(words=ours), Enum(words=theirs)):
            return set(ours) <= set(theirs)
        case (Ref(targets=ours), Ref(targets=theirs)):
            return set(ours) <= set(theirs)
    return isinstance(place, Text) and isinstance(value, (*TEXTS, Enum))


def too_long(value: Type, place: Type) -> bool:
    """Whether a text that fits by its kind may have more characters than its place."""
    if not isinstance(place, Text) or place.length is None:
        return False
    if isinstance(value, Enum):
        return max(map(len, value.words)) > place.length
    length = length_of(value)
    return isinstance(value, TEXTS) and (length is None or length > place.length)
