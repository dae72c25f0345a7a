"""Both databases keep, compare, sort, add, divide and round values as Python does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Integer, Uuid, func, insert, literal, select, type_coerce
from sqlalchemy.orm import mapped_column

from .core import Core, core

few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

scale = st.integers(0, 4)
whole = st.integers(-(10**9), 10**9)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
spans = st.timedeltas(timedelta(days=-100_000), timedelta(days=100_000))
days = st.dates(date(1800, 1, 1), date(2200, 1, 1))
texts = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs", "Cn"], max_codepoint=0x1FFFF), max_size=6
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{Path(tmp_path_factory.mktemp('core')) / 'core.db'}"
    else:
        url = request.getfixturevalue("postgresql")
    with core(url, "types", "sql", "arithmetic", "uuids") as loaded:
        yield loaded


@pytest.fixture(scope="module")
def things(db: Core) -> Any:
    """A table with a column of each type."""
    t = db.types
    columns = {
        "exact": t.Exact(18, 4),
        "moment": t.UtcDateTime(),
        "day": t.Day(),
        "span": t.Span(),
        "text": t.Characters(),
        "email": t.Email(),
        "uuid": Uuid(),
        "document": t.Document(),
        "items": t.Items(Integer()),
    }
    body: dict[str, Any] = {name: mapped_column(type_, nullable=True) for name, type_ in columns.items()}
    model = type("Thing", (db.database.Row,), {"__tablename__": "things", **body})
    db.run(lambda connection: connection.run_sync(db.database.Base.metadata.create_all), writes=True)
    return model


def kept(db: Core, things: Any, **values: list[Any]) -> list[Any]:
    """What is read back of these values of one column, sorted by the database."""
    ((name, given_values),) = values.items()
    column = getattr(things, name)

    async def work(connection: Any) -> Any:
        await connection.execute(things.__table__.delete())
        await connection.execute(insert(things), [{name: value} for value in given_values])
        return (await connection.execute(select(column).order_by(column))).scalars().all()

    found: list[Any] = db.run(work, writes=True)
    return found


def decimals(places: int) -> st.SearchStrategy[Decimal]:
    return whole.map(lambda number: Decimal(number).scaleb(-places))


@few
@given(st.lists(whole.map(lambda n: Decimal(n).scaleb(-4)), min_size=1, max_size=20))
def test_decimals_are_kept_and_sorted(db: Core, things: Any, values: list[Decimal]) -> None:
    found = kept(db, things, exact=values)
    assert found == sorted(values)
    assert {value.as_tuple().exponent for value in found} == {-4}


@few
@given(st.lists(moments, min_size=1, max_size=20))
def test_moments_are_kept_and_sorted(db: Core, things: Any, values: list[datetime]) -> None:
    found = kept(db, things, moment=values)
    assert found == sorted(values)
    assert all(value.utcoffset() == timedelta() for value in found)


@few
@given(st.lists(st.dates(date(1, 1, 1), date(9999, 12, 31)), min_size=1, max_size=20))
def test_days_are_kept_and_sorted(db: Core, things: Any, values: list[date]) -> None:
    assert kept(db, things, day=values) == sorted(values)


@few
@given(st.lists(spans, min_size=1, max_size=20))
def test_spans_are_kept_and_sorted(db: Core, things: Any, values: list[timedelta]) -> None:
    assert kept(db, things, span=values) == sorted(values)


@few
@given(st.lists(texts, min_size=1, max_size=20))
@example(["z", "é", "\uffff", "\U00010000", "Z", "a", "_", " "])
def test_text_is_sorted_by_code_point(db: Core, things: Any, values: list[str]) -> None:
    assert kept(db, things, text=values) == sorted(values)


@few
@given(st.lists(st.uuids(), min_size=1, max_size=20))
def test_uuids_are_kept_and_sorted(db: Core, things: Any, values: list[UUID]) -> None:
    assert kept(db, things, uuid=values) == sorted(values)


def test_addresses_ignore_case(db: Core, things: Any) -> None:
    assert kept(db, things, email=["ADA@Example.com"]) == ["ada@example.com"]

    async def work(connection: Any) -> Any:
        return (await connection.execute(select(things.email).where(things.email == "Ada@example.COM"))).all()

    assert db.run(work)


def test_documents_are_kept(db: Core, things: Any) -> None:
    document = {"ä": [1, 2.5, "x", None, True, {}], "n": 2**53}

    async def work(connection: Any) -> Any:
        await connection.execute(things.__table__.delete())
        await connection.execute(insert(things).values(document=document, items=[1, 2]))
        await connection.execute(insert(things).values(document=None))
        query = select(things.document, db.sql.holds(things.items, literal(2, Integer())))
        return (await connection.execute(query.order_by(things.id))).all()

    first, second = db.run(work, writes=True)
    assert first == (document, True)
    assert second[0] is None
    assert not second[1]


@few
@given(st.lists(whole.map(lambda n: Decimal(n).scaleb(-4)), max_size=30))
def test_sums_are_exact(db: Core, things: Any, values: list[Decimal]) -> None:
    async def work(connection: Any) -> Any:
        await connection.execute(things.__table__.delete())
        if values:
            await connection.execute(insert(things), [{"exact": value} for value in values])
        total = func.coalesce(func.sum(things.exact), literal(Decimal(0), db.types.Exact(18, 4)))
        return (await connection.execute(select(db.arithmetic.rounded(total, 4, db.types.Exact(18, 4))))).scalar_one()

    total = db.run(work, writes=True)
    assert total == sum(values, Decimal(0))
    assert total.as_tuple().exponent == -4


@few
@given(st.data(), scale, scale)
@example(None, 3, 2)
def test_rounding_is_half_even(db: Core, data: Any, here: int, there: int) -> None:
    half = 5 * 10 ** max(here - there - 1, 0)
    values = [Decimal(odd * half + off).scaleb(-here) for odd in (1, 3, 5, 7, 21) for off in (-1, 0, 1)]
    values += data.draw(st.lists(decimals(here), max_size=10)) if data else []
    values += [-value for value in values]
    exact = db.types.Exact(18, there)
    found = db.select(
        *(db.arithmetic.rounded(literal(value, db.types.Exact(18, here)), here, exact) for value in values)
    )
    assert found == tuple(value.quantize(Decimal(1).scaleb(-there), ROUND_HALF_EVEN) for value in values)


@few
@given(st.lists(st.tuples(whole, whole), min_size=1, max_size=20), scale, scale, st.integers(0, 8))
@example([(1, 2), (3, 2), (-1, 2), (-3, 2), (5, 2), (1, -2), (1, 3), (7, 0), (0, 0), (0, 5)], 0, 0, 0)
def test_division_is_true_and_half_even(
    db: Core, pairs: list[tuple[int, int]], first: int, second: int, places: int
) -> None:
    def divided(n: int, d: int) -> Any:
        a = literal(Decimal(n).scaleb(-first), db.types.Exact(18, first))
        b = literal(Decimal(d).scaleb(-second), db.types.Exact(18, second))
        return type_coerce(db.arithmetic.divided(a, first, b, second, places), db.types.Exact(18, places))

    def expected(n: int, d: int) -> Decimal | None:
        if d == 0:
            return None
        quotient = Fraction(n, 10**first) / Fraction(d, 10**second)
        return Decimal(round(quotient * 10**places)).scaleb(-places)

    with localcontext(prec=60):
        pairs = [(n, d) for n, d in pairs if (value := expected(n, d)) is None or abs(value) < 10 ** (18 - places)]
        assert db.select(literal(1), *(divided(n, d) for n, d in pairs))[1:] == tuple(expected(n, d) for n, d in pairs)


def test_widening_compares_across_scales(db: Core) -> None:
    a, b = literal(Decimal("1.5"), db.types.Exact(5, 1)), literal(Decimal("1.500"), db.types.Exact(8, 3))
    assert db.select(db.arithmetic.widen(a, 1, 3) == b) == (True,)


def test_a_product_that_outgrows_64_bits_is_no_wrong_number(db: Core) -> None:
    big = literal(Decimal(9999999999999999), db.types.Exact(16, 0))
    product = type_coerce(big * big, db.types.Exact(18, 0))
    if db.database.SQLITE:
        assert db.select(product) == (None,)
    else:
        assert db.select(product) == (Decimal(99999999999999980000000000000001),)


@few
@given(days, spans)
def test_days_move_by_whole_days(db: Core, day: date, span: timedelta) -> None:
    d, s = literal(day, db.types.Day), literal(span, db.types.Span)
    later, earlier, apart = db.select(
        db.arithmetic.day_plus(d, s),
        db.arithmetic.day_minus(d, s),
        db.arithmetic.days_between(d, literal(date(2000, 1, 1), db.types.Day)),
    )
    assert (later, earlier, apart) == (day + span, day - span, day - date(2000, 1, 1))


@few
@given(st.datetimes(datetime(1700, 1, 1), datetime(2300, 1, 1), timezones=st.just(UTC)), spans)
def test_moments_move(db: Core, moment: datetime, span: timedelta) -> None:
    m, s = literal(moment, db.types.UtcDateTime), literal(span, db.types.Span)
    start = datetime(2000, 1, 1, tzinfo=UTC)
    later, earlier, apart, plain = db.select(
        db.arithmetic.moment_plus(m, s),
        db.arithmetic.moment_minus(m, s),
        db.arithmetic.between(m, literal(start, db.types.UtcDateTime)),
        type_coerce(m + timedelta(days=1), db.types.UtcDateTime),
    )
    assert (later, earlier, apart, plain) == (moment + span, moment - span, moment - start, moment + timedelta(days=1))


def test_spans_are_counted_and_shared_out(db: Core) -> None:
    count = literal(3, Integer())
    times, third, none = db.select(
        db.arithmetic.times(count, timedelta(hours=5)),
        db.arithmetic.span_divided(literal(timedelta(seconds=1), db.types.Span), count),
        db.arithmetic.span_divided(literal(timedelta(seconds=1), db.types.Span), literal(0, BigInteger())),
    )
    assert (times, third, none) == (timedelta(hours=15), timedelta(microseconds=333333), None)


def test_decimals_become_floats(db: Core) -> None:
    assert db.select(db.arithmetic.floating(literal(Decimal("2.50"), db.types.Exact(5, 2)), 2)) == (2.5,)


@few
@given(st.lists(texts, min_size=1, max_size=10))
@example(["İ", "ß", "ΟΔΟΣ", "Σ", "ǅ", "ŉ", "ﬃ", "ΑΣ.", "DŽ"])
def test_case_is_that_of_unicode(db: Core, values: list[str]) -> None:
    values = [value for value in values if not set(value) & set("\u019b\u0264")]  # newer than Python 3.11's Unicode
    if values:
        plain = [literal(value, db.types.Characters()) for value in values]
        assert db.select(*map(db.arithmetic.lower, plain)) == tuple(value.lower() for value in values)
        assert db.select(*map(db.arithmetic.upper, plain)) == tuple(value.upper() for value in values)


@few
@given(texts, texts)
@example("Straße", "STRASSE")
@example("ΟΔΟΣ", "σ")
@example("ΟΔΟΣ", "ς")
@example("İstanbul", "i̇S")
@example("100%", "%")
@example("a_b", "_")
@example("", "")
def test_contains_ignores_case(db: Core, text: str, part: str) -> None:
    wanted = part.casefold() in text.casefold()
    plain = literal(text, db.types.Characters()), literal(part, db.types.Characters())
    assert db.select(db.sql.contains(*plain)) == (wanted,)


def test_case_is_changed_of_what_is_put_together(db: Core) -> None:
    low, high = db.arithmetic.lower(literal("Äb")), db.arithmetic.upper(literal("Äb"))
    assert db.select(db.sql.contains(low + high, literal("bä"))) == (True,)
    assert db.select(db.arithmetic.lower(low + literal("Ω") + high)) == ("äbωäb",)


def test_any_number_of_values_is_one_statement(db: Core, things: Any) -> None:
    values = [Decimal("1.5"), Decimal("2.5"), Decimal(-3)]
    kept(db, things, exact=values)

    async def work(connection: Any) -> Any:
        query = select(things.exact).where(db.sql.among(things.exact, "wanted")).order_by(things.exact)
        found = [await connection.execute(query, {"wanted": some}) for some in (values[:2], [], [Decimal(7)])]
        return [rows.scalars().all() for rows in found]

    assert db.run(work) == [[Decimal("1.5"), Decimal("2.5")], [], []]


def test_reads_cannot_write(db: Core, things: Any) -> None:
    async def work(connection: Any) -> Any:
        await connection.execute(insert(things).values(text="x"))

    with pytest.raises(Exception, match=r"read-?only"):
        db.run(work)


def test_a_broken_transaction_keeps_nothing(db: Core, things: Any) -> None:
    kept(db, things, text=["before"])

    async def work(connection: Any) -> Any:
        await connection.execute(insert(things).values(text="lost"))
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        db.run(work, writes=True)
    assert db.run(lambda connection: connection.scalar(select(func.count()).select_from(things))) == 1


def test_uuids_of_version_7_grow(db: Core) -> None:
    made = [db.uuids.uuid7() for _ in range(5000)]
    assert made == sorted(set(made))
    assert {(uuid.version, uuid.variant) for uuid in made} == {(7, "specified in RFC 4122")}
    age = datetime.now(UTC).timestamp() * 1000 - (made[0].int >> 80)
    assert -1 <= age < 60_000


def test_numbers_are_never_given_twice(db: Core, things: Any) -> None:
    async def work(connection: Any) -> Any:
        first = (await connection.execute(insert(things).values(text="a").returning(things.id))).scalar_one()
        await connection.execute(things.__table__.delete().where(things.id == first))
        return first, (await connection.execute(insert(things).values(text="b").returning(things.id))).scalar_one()

    first, second = db.run(work, writes=True)
    assert second > first


def test_what_is_beyond_the_calendar_is_null(db: Core) -> None:
    t, a = db.types, db.arithmetic
    first, last = a.MOMENTS
    week = literal(timedelta(days=7), t.Span)
    moments = [literal(moment, t.UtcDateTime) for moment in (first, last)]
    days_ = [literal(day, t.Day) for day in a.DAYS]
    assert db.select(a.moment_minus(moments[0], week), a.moment_plus(moments[1], week)) == (None, None)
    assert db.select(a.day_minus(days_[0], week), a.day_plus(days_[1], week)) == (None, None)
    assert db.select(a.moment_plus(moments[0], week), a.day_minus(days_[1], week)) == (
        first + timedelta(days=7),
        a.DAYS[1] - timedelta(days=7),
    )


def test_decimals_that_outgrow_sqlite_are_null(db: Core) -> None:
    large = literal(10**14, BigInteger)
    if db.database.SQLITE:
        product = type_coerce(type_coerce(large, BigInteger) * large, db.types.Exact(18, 2))
        assert db.select(product, func.half_even(large * large, 1, 0)) == (None, None)
