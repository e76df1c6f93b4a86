"""Security checks 1 to 5, 20 and 33: what people type or send."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.fields import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SubmitField,
)
from wtforms.validators import EqualTo

import app.forms
from app.extensions import db
from app.forms.base import Form
from app.libs.urls import AddressRefusedError, HostAllowlist, is_public
from app.mail.rendering import Renderer
from app.models.base import PlainBase
from app.models.book import Book
from app.models.user import User
from tests.support.apps import close, make_app
from tests.support.members import PASSWORD, login, make_member
from tests.support.pages import PageClient
from tests.support.routes import FIXED, ISBN, QUERY, UNSAFE, address_of, contents, converters, routes

INJECTIONS = [
    "' OR '1'='1",
    "1; DROP TABLE book; --",
    "' UNION SELECT id, email, password_hash FROM user --",
    "%' OR 1=1 --",
    '" OR ""="',
    "\\' OR 1=1 #",
    "1) OR (SELECT SLEEP(5)) = (1",
    "'||(SELECT password_hash FROM user LIMIT 1)||'",
    "${7*7}{{7*7}}<%= 7*7 %>",
    "%s%s%n%(x)s{0}{x}",
    "../../../../etc/passwd",
    "\x00'\x1a",
    "-1",
    "99999999999999999999999",
]
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>]]></script>"
BAD_URLS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>1</script>",
    "vbscript:x",
    "file:///etc/passwd",
]


def add_book(app: Flask, **facts: str) -> None:
    with app.app_context(), db.auto_commit() as session:
        session.add(Book(**({"isbn13": ISBN, "title": "三体", "authors": "刘慈欣", "summary": ""} | facts)))


@pytest.mark.parametrize("payload", INJECTIONS)
def test_check_01_sql_in_any_part_of_an_address_is_only_text(app: Flask, page: PageClient, payload: str):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    add_book(app)
    login(page.http, make_member(app))
    before = contents(app)
    broken = {}
    for route in routes(app, "GET"):
        texts = [name for name, kind in converters(route.rule).items() if kind not in FIXED]
        filled = address_of(app, route.rule, **dict.fromkeys(texts, payload))
        for asked, query in ((filled, {}), (route.address, dict.fromkeys(QUERY, payload))):
            response = page.http.get(asked, query_string=query, buffered=True)
            if response.status_code >= 500:
                broken[f"{asked} {query}"] = response.status_code
    assert broken == {}
    assert contents(app) == before


@pytest.mark.parametrize("payload", INJECTIONS)
def test_check_01_sql_in_any_form_is_only_text(app: Flask, page: PageClient, payload: str):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["WTF_CSRF_ENABLED"] = False
    member = make_member(app)
    login(page.http, member)
    broken = {}
    for route in routes(app, *UNSAFE):
        if route.rule.endpoint == "account.logout":
            continue
        response = page.http.open(route.address, method=route.method, data=dict.fromkeys(field_names(), payload))
        if response.status_code >= 500:
            broken[str(route)] = response.status_code
    assert broken == {}
    assert f"'{member.email}'" in "".join(contents(app)["user"])


def test_check_01_a_search_for_sql_finds_no_more_than_a_search_for_nonsense(app: Flask, page: PageClient):
    add_book(app)
    for payload in INJECTIONS:
        response = page.http.get("/book/search", query_string={"q": payload})
        assert "刘慈欣" not in response.text, payload
        suggested = page.http.get("/book/suggest", query_string={"q": payload}).json
        assert suggested["suggestions"] == [], payload


def test_check_02_markup_in_titles_and_nicknames_is_shown_and_never_run(app: Flask, page: PageClient):
    facts = ("title", "subtitle", "authors", "publisher", "series", "summary", "subjects", "language", "price")
    add_book(app, **{name: MARKUP[:35] if name == "language" else MARKUP for name in facts})
    member = make_member(app, "<i>x<b>")
    login(page.http, member)
    for path in (*(route.address for route in routes(app, "GET")), "/book/search?q=alert", f"/book/search?q={MARKUP}"):
        response = page.http.get(path, buffered=True)
        if response.mimetype in {"text/html", "image/svg+xml", "application/xml"}:
            assert not re.search(r"<script>alert|<img src=x|<i>x<b>", response.text), path
    assert "&lt;i&gt;x&lt;b&gt;" in page.http.get("/").text


def test_check_02_markup_in_json_cannot_end_a_script(app: Flask, client: FlaskClient):
    add_book(app, title=MARKUP)
    shown = client.get(f"/book/{ISBN}/detail").text
    for block in re.findall(r"<script[^>]*ld\+json[^>]*>(.*?)</script>", shown, re.DOTALL):
        assert "<" not in block
    suggested = client.get("/book/suggest?q=alert")
    assert suggested.mimetype == "application/json"


def test_check_02_markup_in_mail_is_shown_and_never_run():
    renderer = Renderer(site_url="https://yushu.example")
    for kind in renderer.kinds():
        for language in ("zh", "en"):
            names = renderer.names_wanted(kind, language)
            context = dict.fromkeys(names, 1) | {"name": MARKUP, "secret": {"token": MARKUP, "hours": 1, "minutes": 1}}
            html = renderer.word(kind, language, context).html
            assert "<script" not in html, kind
            assert "<img" not in html, kind


@pytest.mark.parametrize("url", BAD_URLS)
def test_check_03_no_link_or_cover_leads_to_a_script_or_a_file(app: Flask, client: FlaskClient, url: str):
    add_book(app, cover=url, source=url)
    for path in (*(route.address for route in routes(app, "GET")), "/book/search?q=三体"):
        response = client.get(path, buffered=True)
        assert not response.headers.get("Location", "").lower().startswith(url[:5].lower()), path
        if response.mimetype == "text/html":
            links = re.findall(r"(?:href|src|action)\s*=\s*[\"']?\s*([^\"'>]+)", response.text, re.IGNORECASE)
            assert not [link for link in links if link.lower().startswith(url[:5].lower())], path


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
    ],
)
def test_check_04_private_addresses_are_never_asked(address: str):
    assert not is_public(address)


def test_check_04_a_host_that_is_not_listed_is_never_asked():
    allowlist = HostAllowlist(public_hosts=("openlibrary.org",))
    for origin in (
        ("http", "evil.example", 80),
        ("http", "openlibrary.org", 22),
        ("http", "openlibrary.org.evil.example", 80),
    ):
        with pytest.raises(AddressRefusedError):
            allowlist.addresses(origin)


def form_classes() -> list[type[Form]]:
    found = []
    for module in pkgutil.iter_modules(app.forms.__path__, "app.forms."):
        for _name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, Form) and kind.__module__ == module.name:
                found.append(kind)
    return found


def field_names() -> set[str]:
    """Return every name that a form of the site has."""
    app_ = Flask("forms")
    app_.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    with app_.test_request_context():
        return {field.name for kind in form_classes() for field in kind(formdata=None)}


#: A file is bounded by YUSHU_MAX_CONTENT_LENGTH.
BOUNDED_KINDS = (BooleanField, IntegerField, DateField, SelectField, RadioField, SubmitField, HiddenField, FileField)
ENDLESS = "a" * 1_000_000


def is_bounded(field: Field, form: Form) -> bool:
    """Whether the field of a form that was sent endless texts refused its text or kept a part of it."""
    if isinstance(field, BOUNDED_KINDS):
        return True
    copies = [validator.fieldname for validator in field.validators if isinstance(validator, EqualTo)]
    return bool(field.errors) or len(field.data) < len(ENDLESS) or any(is_bounded(form[name], form) for name in copies)


def test_check_05_every_text_that_a_form_takes_has_a_longest_length(app: Flask):
    unbounded = []
    with app.test_request_context():
        for kind in form_classes():
            form = kind(formdata=MultiDict(dict.fromkeys((field.name for field in kind(formdata=None)), ENDLESS)))
            form.validate()
            unbounded += [f"{kind.__name__}.{field.name}" for field in form if not is_bounded(field, form)]
    assert unbounded == []


def test_check_05_endless_texts_are_refused_on_the_server(app: Flask, page: PageClient):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.config["WTF_CSRF_ENABLED"] = False
    login(page.http, make_member(app))
    # A button without fields ends a session, which leaves the key of its use case.
    ended_too = ("user_session", "use_case_done")
    before = contents(app, without=ended_too)
    endless = dict.fromkeys(field_names(), "长" * 20_000)
    for route in routes(app, *UNSAFE):
        response = page.http.open(route.address, method=route.method, data=endless)
        assert response.status_code < 500, str(route)
    assert contents(app, without=ended_too) == before


def test_check_20_a_body_that_is_too_large_is_refused(app: Flask, client: FlaskClient):
    limit = app.config["MAX_CONTENT_LENGTH"]
    for route in routes(app, "POST"):
        response = client.post(route.address, data={"email": "x" * (limit + 1)})
        assert response.status_code == 413, str(route)
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_check_20_a_compressed_body_is_not_unpacked(app: Flask, client: FlaskClient):
    import gzip

    bomb = gzip.compress(b"email=" + b"x" * 50_000_000)
    assert len(bomb) < app.config["MAX_CONTENT_LENGTH"]
    response = client.post(
        "/login", data=bomb, headers={"Content-Encoding": "gzip"}, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 400


def test_check_20_a_form_of_endless_parts_is_refused(app: Flask, client: FlaskClient):
    response = client.post(
        "/login", data={f"part{number}": "x" for number in range(2000)}, content_type="multipart/form-data"
    )
    assert response.status_code == 413


def test_check_33_columns_are_set_from_a_list_of_allowed_names_alone():
    allowed = inspect.signature(PlainBase.set_attrs).parameters["allowed"]
    assert allowed.default is inspect.Parameter.empty
    user = User(nickname="小满", role="member")
    user.set_attrs({"nickname": "老周", "role": "admin", "id": 1}, allowed=["nickname"])
    assert (user.nickname, user.role, user.id) == ("老周", "member", None)


def test_check_33_nobody_registers_or_renames_themselves_into_a_role(app: Flask, page: PageClient):
    more: dict[str, Any] = {"role": "admin", "confirmed_at": "1", "status": "0", "id": "77", "disabled_at": ""}
    page.post("/register", {"email": "a@example.com", "nickname": "小满", "password": PASSWORD, **more}, status=200)
    member = make_member(app, "老周")
    login(page.http, member)
    page.post("/personal/profile", {"nickname": "老周二", "language": "en", **more})
    with app.app_context(), db.auto_commit() as session:
        rows = session.query(User).order_by(User.id).all()
    assert [(row.role, row.status) for row in rows] == [("member", 1), ("member", 1)]
    assert rows[0].confirmed_at is None


def test_check_20_static_files_are_served_from_their_folder_alone(data_dir: Path):
    app = make_app(data_dir)
    client = app.test_client()
    for path in (
        "/static/../config/settings.py",
        "/static/%2e%2e/%2e%2e/fisher.py",
        "/static//etc/passwd",
        "/bootstrap/static/../__init__.py",
    ):
        assert client.get(path).status_code in {404, 308}, path
    close(app)
