"""Tables in the admin site: lists and forms are shown, and what forms send is stored as the row's next version."""

import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.models.user import ROLES
from tests import factories
from tests.conftest import As, Counted

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


class Sent(HTMLParser):
    """What a browser sends of a form that nobody has touched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = defaultdict(list)
        self._select = self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name and given.get("type") == "checkbox":
            self.values[name] += [given.get("value") or "on"] if "checked" in given else []
        elif tag == "input" and name and given.get("type") != "submit":
            self.values[name].append(given.get("value") or "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.values[self._select].append(given.get("value") or "")
        elif tag == "textarea":
            self._text = name
            self.values[name].append("")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text][-1] += data.removeprefix("\r\n").removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self._text = "" if tag == "textarea" else self._text


def made(model: Any) -> Any:
    return getattr(factories, f"{model.__name__}Factory")()


def page_of(model: Any, page: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


@pytest.fixture
def browser(as_: As) -> Browser:
    """That of somebody who is let in."""
    found = Browser()
    found.force_login(as_("admin").user)
    return found


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_list_takes_as_many_statements_as_one_row(
    browser: Browser, model: Any, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    counts = []
    for _ in range(3):
        made(model)
        with count_queries() as counted:
            answer = browser.get(page_of(model, "changelist"))
        assert answer.status_code == 200
        counts.append(len(counted.statements))
    assert counts[0] == counts[2]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_row_that_is_saved_is_its_next_version(browser: Browser, model: Any) -> None:
    row = made(model)
    page = page_of(model, "change", row.pk)
    sent = Sent(browser.get(page).content.decode()).values
    answer = browser.post(page, sent)
    assert answer.status_code == 302, answer.context["errors"]
    kept, stored = vars(row).copy(), vars(model.objects.get(pk=row.pk))
    assert stored["version"] == kept["version"] + 1
    for name in kept.keys() - {"_state", "version", "updated_at"}:
        assert stored[name] == kept[name], name


def with_parts(page: Any) -> Any:
    """A row with one of each of its parts; links have no factory."""
    row = made(page.model)
    for inline in page.inlines:
        if hasattr(factories, f"{inline.model.__name__}Factory"):
            part = made(inline.model)
            setattr(part, inline.fk_name, row)
            part.save()
    return row


def private(page: Any, row: Any, request: Any) -> dict[str, list[str]]:
    """What is sent once of a row and its parts, and shown nowhere: what a form would show of rows that are new."""
    forms: list[Any] = [(page.get_form(request), row, None, page.private)]
    for inline in page.get_inline_instances(request) if page.inlines else ():
        found = inline.get_formset(request)
        for part in inline.model.objects.filter(**{inline.fk_name: row}) if inline.private else ():
            forms.append((found.form, part, f"{found.get_default_prefix()}-0", inline.private))
    values: dict[str, list[str]] = {}
    for form, instance, prefix, names in forms:
        instance._state.adding = True
        filled = form(instance=instance, prefix=prefix)
        for name in names:
            values |= Sent(str(filled[name])).values
    return values


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_is_private_is_not_shown(browser: Browser, model: Any) -> None:
    page: Any = admin.site._registry[model]
    row = with_parts(page)
    shown: Any = browser.get(page_of(model, "change", row.pk))
    sent = Sent(shown.content.decode()).values
    for name, values in private(page, row, shown.wsgi_request).items():
        assert sent[name] != values or values in ([""], ["null"]), name


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_row_is_made_with_its_parts(browser: Browser, model: Any) -> None:
    page: Any = admin.site._registry[model]
    row = with_parts(page)
    shown: Any = browser.get(page_of(model, "change", row.pk))
    sent = Sent(shown.content.decode()).values
    own = {name: [str(getattr(row, f"{name}_id"))] for name in page.once} | private(page, row, shown.wsgi_request)
    parts = {name: ["0"] for name in sent if name.endswith("-INITIAL_FORMS")}
    ends = "|".join(["id", *(inline.fk_name for inline in page.inlines)])
    keys = {name: [""] for name in sent if re.search(rf"-\d+-({ends})$", name)}
    model.objects.filter(pk=row.pk).delete()
    answer = browser.post(page_of(model, "add"), {**sent, **own, **parts, **keys})
    assert answer.status_code == 302, answer.context["errors"]
    assert answer.headers["Location"] == page_of(model, "changelist")
    again = model.objects.exclude(pk=row.pk).latest("created_at")
    for name in page.made.stored if page.made else ():
        assert getattr(again, name) is not None or model._meta.get_field(name).null, name
    assert again.version == 1
    for inline in page.inlines:
        made_too = inline.model.objects.filter(**{inline.fk_name: again}).count()
        assert made_too == int(hasattr(factories, f"{inline.model.__name__}Factory"))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_row_is_deleted_as_over_http(browser: Browser, model: Any) -> None:
    row = made(model)
    assert browser.post(page_of(model, "delete", row.pk), {"post": "yes"}).status_code == 302
    kept = model.objects.filter(pk=row.pk).first()
    if hasattr(model, "deleted_at"):
        assert (kept.deleted_at is not None, kept.version) == (True, 2)
    else:
        assert kept is None


def test_roles_are_chosen(browser: Browser) -> None:
    account = made(User)
    sent = Sent(browser.get(page_of(User, "change", account.pk)).content.decode()).values
    assert browser.post(page_of(User, "change", account.pk), {**sent, "roles": list(ROLES)}).status_code == 302
    assert User.objects.get(pk=account.pk).roles == list(ROLES)
    assert ", ".join(ROLES) in browser.get(page_of(User, "changelist")).content.decode()
    assert browser.post(page_of(User, "change", account.pk), {**sent, "roles": ["no such role"]}).status_code == 200


def test_what_only_the_database_refuses_is_told(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    account, page = made(User), page_of(User, "add")
    monkeypatch.setattr(User, "validate_unique", lambda *_, **__: None)
    monkeypatch.setattr(User, "validate_constraints", lambda *_, **__: None)
    sent = Sent(browser.get(page_of(User, "change", account.pk)).content.decode()).values
    answer = browser.post(page, sent, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "Another one has this already." in answer.content.decode()
    assert User.objects.filter(email=account.email).count() == 1


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_is_not_said_is_told(browser: Browser, model: Any) -> None:
    page = page_of(model, "add")
    sent = Sent(browser.get(page).content.decode()).values
    assert browser.post(page, dict.fromkeys(sent.keys() - {"csrfmiddlewaretoken"}, "")).status_code == 200
