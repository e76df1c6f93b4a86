"""A member's life in a real browser: register, confirm, log in, forget the password, add a phone, leave."""

from __future__ import annotations

import re

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.letters import deliver, link_in, post_office
from tests.members import PASSWORD, quick_passwords

NEW = "尺素如残雪 9527"


@pytest.fixture
def mailed(served: tuple[Flask, str]) -> Flask:
    app = served[0]
    quick_passwords(app)
    post_office(app)
    return app


def fill(page: Page, button: str, **fields: str) -> None:
    """Fill the form on the page by its fields' names, and press the button."""
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main").get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_register_confirm_log_in_reset_and_leave(open_page: Open, mailed: Flask, width: int, javascript: bool):
    nickname = f"小满{width}{'' if javascript else '静'}"
    email = f"{width}-{javascript}@example.org"
    page = open_page("/register", width=width, javascript=javascript)
    fill(page, "注册", email="nowhere", nickname="满", password="1234567")
    expect(page.locator(".summary a")).to_have_count(3)
    fill(page, "注册", email=email, nickname=nickname, password=PASSWORD)
    expect(page.locator("h1")).to_have_text("信已寄出")

    page.goto(link_in(deliver(mailed)[-1]))
    fill(page, "确认")
    expect(page.locator(".note")).to_contain_text("邮箱确认好了")

    page.goto("/personal")
    expect(page).to_have_url(re.compile("/login$"))
    fill(page, "登录", email=email, password="not this one")
    expect(page.locator(".field-error")).to_have_text("邮箱或密码不对。")
    fill(page, "登录", password=PASSWORD)
    expect(page.locator("h1")).to_contain_text(nickname)
    expect(page.locator("main")).not_to_contain_text("邮箱还没有确认")

    page.locator("main").get_by_role("button", name="退出登录").click()
    page.goto("/login")
    page.get_by_role("link", name="忘了密码？").click()
    fill(page, "寄给我", email=email)
    page.goto(link_in(deliver(mailed)[-1]))
    fill(page, "设好了", password1=NEW, password2=NEW)
    fill(page, "登录", email=email, password=NEW)
    expect(page.locator(".note")).to_contain_text("欢迎回来")

    page.goto("/personal/delete")
    fill(page, "注销我的账号", password=NEW)
    expect(page.locator(".note")).to_contain_text("账号注销了")


def test_a_phone_guards_the_login(open_page: Open, mailed: Flask):
    with mailed.app_context():
        mailed.extensions["container"].registration.create(
            email="phone@example.org", nickname="两步", password=PASSWORD, is_confirmed=True, language="en"
        )
    page = open_page("/login", width=360, language="en")
    fill(page, "Log in", email="phone@example.org", password=PASSWORD)
    page.goto("/personal/second-factor")
    fill(page, "Begin", password=PASSWORD)
    picture = page.locator(".qr img")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.naturalWidth") > 0, "the policy lets the picture in"
    secret = page.locator("main code").inner_text()
    fill(page, "Turn it on", code=pyotp.TOTP(secret).now())
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.context.clear_cookies()
    page.goto("/login")
    fill(page, "Log in", email="phone@example.org", password=PASSWORD)
    expect(page).to_have_url(re.compile("/login/code$"))
    fill(page, "Log in", code=codes[0])
    expect(page.locator(".note")).to_contain_text("Welcome back")
