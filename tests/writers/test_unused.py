"""What is taken out of shared parts: nothing that is used, nothing of files that are no parts, and no line changes."""

from textwrap import dedent

import pytest

from backsmith.writers.python.unused import without_unused

MAIN = "app/main.py"


def left(main: str, **parts: str) -> dict[str, str]:
    """What stays of parts (`core__types` is `app/core/types.py`), in a project whose own code is `main`."""
    shared = {f"{name.replace('__', '/')}.py": dedent(text).lstrip() for name, text in parts.items()}
    shared = {path if path.startswith(("tests/", "apps/")) else f"app/{path}": text for path, text in shared.items()}
    found = without_unused({MAIN: dedent(main), **shared}, shared)
    assert found.pop(MAIN) == dedent(main)
    return {path.removeprefix("app/").removesuffix(".py").replace("/", "__"): text for path, text in found.items()}


def test_definitions_go_with_their_comments_docstrings_and_imports() -> None:
    kept = left(
        "from app.core.texts import Text\n",
        core__texts='''
            """Texts."""

            import re
            from datetime import date, time  # both

            Text = str
            """Any text."""
            # The pattern of slugs.
            SLUG = re.compile("[a-z]+")
            """A slug."""

            Day = date


            @staticmethod
            def slug(text):
                return SLUG.match(text)


            def clock(at: time) -> Text:
                return str(at)


            Clock = Text
            ''',
    )
    assert kept["core__texts"] == '"""Texts."""\n\nText = str\n"""Any text."""\n'


def test_what_a_kept_definition_names_is_kept() -> None:
    text = """
        from app.core import units
        from app.core.base import Base, other


        def _inner(value: "Late") -> int:
            return units.PLACES


        class Late(Base):
            pass


        def outer() -> int:
            return _inner(Late())


        def last() -> int:
            return other()
        """
    kept = left(
        "from app.core.one import outer\n",
        core__one=text,
        core__units="PLACES = 2\nOTHERS = 3\n",
        core__base="class Base:\n    pass\n\n\ndef other() -> None: ...\n",
        core__alone="X = 1\n",
    )
    assert (
        kept["core__one"] == dedent(text).lstrip().replace("Base, other", "Base").partition("\n\n\ndef last")[0] + "\n"
    )
    assert kept["core__units"] == "PLACES = 2\n"
    assert kept["core__base"] == "class Base:\n    pass\n"
    assert "core__alone" not in kept


def test_methods_stay_where_anybody_asks_for_them_or_somebody_else_may() -> None:
    kept = left(
        "from app.core.one import Change, Model\nChange().insert()\nModel()\n",
        core__one="""
            from pydantic import BaseModel


            class Change:
                def __init__(self) -> None:
                    self.rows = 0

                def insert(self) -> None:
                    getattr(self, "by_word")

                def move(self) -> None:
                    print(helper())

                def by_word(self) -> None:
                    pass


            def helper() -> int:
                return 1


            class Model(BaseModel):
                def validate(self) -> None:
                    pass
            """,
    )["core__one"]
    assert "def insert" in kept
    assert "def by_word" in kept
    assert "def validate" in kept
    assert "def move" not in kept
    assert "helper" not in kept
    assert "        self.rows = 0\n\n    def insert(self)" in kept


def test_a_row_of_a_table_stays_where_its_key_is_used() -> None:
    kept = left(
        "from app.core import kinds\nfrom app.core.types import Day\nkinds.ROWS[Day]\n",
        core__types="class Day: ...\n\n\nclass Ip: ...\n",
        core__kinds="""
            from datetime import time

            from app.core import types

            ROWS = {
                types.Day: 1,
                # addresses
                types.Ip: 2,
                time: 3,
            }
            """,
    )
    assert kept["core__kinds"].partition("ROWS")[2] == " = {\n    types.Day: 1,\n    time: 3,\n}\n"
    assert "Ip" in kept["core__types"]  # an old migration may name it


def test_what_only_runs_stays_with_its_module() -> None:
    text = """
        from app.core.registry import KNOWN, Router

        router = Router()


        @router.get("/me")
        def me() -> None: ...


        KNOWN.append(1)
        """
    registry = "KNOWN: list[int] = []\n\n\nclass Router: ...\n\n\nunused = Router()\n"
    kept = left("from app.core.routes import router\n", core__routes=text, core__registry=registry)
    assert kept["core__routes"] == dedent(text).lstrip()
    assert kept["core__registry"] == registry.replace("\n\n\nunused = Router()", "")


@pytest.mark.parametrize(
    "main",
    [
        "from app.core import one\nuse(one)\n",
        "from app.core import one as other\nother.first(), other.second()\n",
        'patch("app.core.one.first")\npatch("app.core.one.second")\n',
    ],
)
def test_modules_are_followed(main: str) -> None:
    text = "def first() -> None: ...\n\n\ndef second() -> None: ...\n"
    assert left(main, core__one=text) == {"core__one": text}


def test_type_checking_goes_with_its_imports() -> None:
    text = """
        from typing import TYPE_CHECKING, Any

        from app.core.two import B

        if TYPE_CHECKING:
            from app.core.three import C


        def a(value: "C") -> Any: ...


        def b(value: B) -> Any: ...
        """
    others = {"core__two": "class B: ...\n", "core__three": "class C: ...\n"}
    kept = left("from app.core.one import b\n", core__one=text, **others)
    assert kept["core__one"].startswith("from typing import Any\n\nfrom app.core.two import B\n\n\ndef b(")
    assert "core__three" not in kept
    kept = left("from app.core.one import a\n", core__one=text, **others)
    assert "    from app.core.three import C\n" in kept["core__one"]
    assert "core__two" not in kept


def test_tests_go_with_what_they_test() -> None:
    text = """
        import pytest

        from app.core.one import first, second

        LIMIT = 3


        @pytest.fixture(autouse=True)
        def clean() -> None: ...


        @pytest.fixture
        def made() -> int:
            return second(LIMIT)


        def test_first() -> None:
            assert first()


        def test_second(made: int) -> None:
            assert made
        """
    one = "def first() -> int: ...\n\n\ndef second(limit: int) -> int: ...\n"
    gone = "from app.core.two import third\n\n\ndef test_third() -> None:\n    third()\n"
    kept = left(
        "from app.core.one import first\n",
        core__one=one,
        core__two="def third() -> None: ...\n",
        tests__test_one=text,
        tests__test_two=gone,
    )
    assert "tests__test_two" not in kept
    trimmed = kept["tests__test_one"]
    assert "second" not in trimmed
    assert "LIMIT" not in trimmed
    assert "def clean" in trimmed
    assert "from app.core.one import first\n" in trimmed
    kept = left("from app.core.one import first, second\n", core__one=one, tests__test_one=text)
    assert kept["tests__test_one"] == dedent(text).lstrip()


def test_what_django_finds_by_itself_stays() -> None:
    middleware = "class Edge:\n    def process_view(self) -> None: ...\n\n    def other(self) -> None: ...\n"
    lookups = """
        from apps.core import fields
        from apps.core.calculated import Lookup


        @fields.CharField.register_lookup
        class Contains(Lookup): ...


        class Same(Lookup): ...
        """
    schema = """
        from drf_spectacular.extensions import OpenApiSerializerFieldExtension


        class _Link(OpenApiSerializerFieldExtension):
            target_class = str


        class Other(OpenApiSerializerFieldExtension): ...
        """
    kept = left(
        'MIDDLEWARE = ["apps.core.middleware.Edge"]\nfrom apps.core import schema\nschema.used\n',
        apps__core__apps="class Core:\n    def ready(self) -> None:\n        from apps.core import sql\n",
        apps__core__middleware=middleware,
        apps__core__sql=lookups,
        apps__core__fields="class CharField: ...\n\n\nclass TextField: ...\n",
        apps__core__calculated="class Lookup: ...\n\n\nclass Func: ...\n",
        apps__core__schema=schema,
        apps__accounts__admin="class UserAdmin: ...\n",
        apps__accounts__urls="from apps.accounts import keys\n\nurlpatterns = [keys.urlpatterns]\n",
        apps__accounts__keys="urlpatterns = []\nOTHERS = []\n",
        apps__accounts__tenants="TENANT = 1\n",
    )
    assert kept["apps__core__middleware"] == middleware.partition("\n\n")[0] + "\n"
    assert "class Contains(Lookup)" in kept["apps__core__sql"]
    assert "Same" not in kept["apps__core__sql"]
    assert kept["apps__core__fields"] == "class CharField: ...\n\n\nclass TextField: ...\n"
    assert kept["apps__core__calculated"] == "class Lookup: ...\n"
    assert "class _Link(" in kept["apps__core__schema"]
    assert "Other" not in kept["apps__core__schema"]
    assert kept["apps__accounts__admin"] == "class UserAdmin: ...\n"
    assert kept["apps__accounts__keys"] == "urlpatterns = []\n"
    assert "apps__accounts__tenants" not in kept


def test_what_stands_in_for_types_at_run_time_stays() -> None:
    text = """
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from django.contrib.admin import ModelAdmin
        else:
            from unfold.admin import ModelAdmin


        class EntityAdmin(ModelAdmin): ...
        """
    assert left("from app.core.one import EntityAdmin\n", core__one=text) == {"core__one": dedent(text).lstrip()}
