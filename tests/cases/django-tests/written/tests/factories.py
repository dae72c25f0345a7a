"""Valid rows and bodies of every entity, with what they refer to: each call another one, every run the same."""

from typing import Any

import factory

from apps.accounts.models import User
from apps.stories.models import Story
from apps.writers.models import Writer
from tests.rows import START, Rows, numbers, sent


class UserFactory(Rows[User]):
    """A user, with what it needs."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"someone{n}@example.com")
    name = "Someone"
    roles = factory.LazyFunction(list)
    active = True
    verified_at = START


class WriterFactory(Rows[Writer]):
    """A writer, with what it needs."""

    class Meta:
        model = Writer

    account = None
    name = "Alpha"

    @classmethod
    def _create(cls, model_class: type[Writer], *args: Any, **values: Any) -> Writer:
        account = values["account"]
        found = None if account is None else Writer.objects.filter(account=account).first()
        return found or super()._create(model_class, *args, **values)  # type: ignore[no-untyped-call]  # without types


class StoryFactory(Rows[Story]):
    """A story, with what it needs."""

    class Meta:
        model = Story

    account = None
    author = factory.SubFactory(WriterFactory, account=factory.SelfAttribute("..account"))
    title = factory.Sequence(lambda n: f"Title {n}")
    state = "draft"

    @classmethod
    def _create(cls, model_class: type[Story], *args: Any, account: Any = None, **values: Any) -> Story:
        row: Story = super()._create(model_class, *args, **values)  # type: ignore[no-untyped-call]  # without types
        if account is not None:
            row.editors.add(account)
        return row


def writer_body(**given: Any) -> dict[str, Any]:
    """What makes a writer, without what can be left out."""
    values: dict[str, Any] = {
        "name": "Alpha",
    }
    return {name: sent(value) for name, value in (values | given).items()}


def story_body(*, account: User | None = None, **given: Any) -> dict[str, Any]:
    """What makes a story, without what can be left out."""
    n = next(numbers)
    values: dict[str, Any] = {
        "author": given.get("author") or WriterFactory.create(account=account),
        "title": f"Title {n}",
    }
    return {name: sent(value) for name, value in (values | given).items()}
