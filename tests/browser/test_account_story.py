"""A member's life in a real browser: register, confirm, log in, forget the password, add a phone, leave."""

from __future__ import annotations

import re
import zipfile

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.chromium import Open
from tests.support.mails import deliver, link_in, post_office
from tests.support.members import PASSWORD, make_member, quick_passwords

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
    fill(page, "注册", email="nowhere", nickname="m", password="1234567")
    expect(page.locator(".summary a")).to_have_count(3)
    fill(page, "注册", email=email, nickname=nickname, password=PASSWORD)
    expect(page.locator("h1")).to_have_text("信已寄出")

    page.goto(link_in(deliver(mailed)[-1]))
    fill(page, "确认")
    expect(page.locator(".note")).to_contain_text("邮箱确认好了")

    page.goto("/personal")
    expect(page).to_have_url(re.compile("/login$"))
    fill(page, "登录", email=email, password="not this one")
    expect(page.locator(".field-error")).to_contain_text("邮箱或密码不对。")
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
        mailed.extensions["container"].members.registration.create(
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


def send(page: Page, **fields: str) -> None:
    """Fill the form that holds these fields and press its first button, in whichever language it speaks."""
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)
    form = page.locator("main form").filter(has=page.locator(f"[name={next(iter(fields))}]"))
    form.locator("button[type=submit]").first.click()


def enter(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/login")
    send(page, email=email, password=password)
    page.wait_for_url(lambda url: not url.endswith("/login"))


@pytest.mark.parametrize(("language", "other", "width"), [("zh-CN", "en", 360), ("en-GB", "zh", 1280)])
def test_a_member_changes_everything_about_themselves(
    open_page: Open, mailed: Flask, language: str, other: str, width: int
):
    short = language[:2]
    member = make_member(mailed, f"变{short}", language=short)
    page = open_page("/login", width=width, language=language)
    enter(page, member.email)

    page.goto("/change/password")
    send(page, old_password="not this one", password1=NEW, password2=NEW)
    expect(page.locator(".field-error")).to_have_count(1)
    send(page, old_password=PASSWORD, password1=NEW, password2=NEW)
    expect(page.locator(".note")).to_be_visible()

    page.goto("/change/email")
    send(page, email=f"moved-{short}@example.org", password=NEW)
    page.goto(link_in(deliver(mailed)[-1]))
    page.locator("main button[type=submit]").click()
    expect(page.locator(".note")).to_be_visible()
    deliver(mailed)
    assert mailed.extensions["container"].mail.transport.sent[-1].recipient.address == member.email, (
        "the old one is told"
    )

    second = open_page("/login", width=width, language=language)
    enter(second, f"moved-{short}@example.org", NEW)
    page.goto("/personal/sessions")
    expect(page.locator(".rows > li, main ul > li")).to_have_count(2)
    page.locator("main li form button").click()
    expect(page.locator("main li")).to_have_count(1)
    second.goto("/personal")
    expect(second).to_have_url(re.compile("/login$"))

    page.goto("/personal/profile")
    page.locator("[name=language]").select_option(other)
    page.locator("[name=wants_mail]").uncheck()
    send(page, nickname=f"新{short}")
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{other}"))
    expect(page.locator("h1")).to_contain_text(f"新{short}")
    page.goto("/personal/profile")
    expect(page.locator("[name=wants_mail]")).not_to_be_checked()

    page.goto("/personal")
    with page.expect_download() as download:
        page.locator("a[href='/personal/export']").click()
    with zipfile.ZipFile(download.value.path()) as export:
        assert f"moved-{short}@example.org" in export.read("account.json").decode()

    page.goto("/personal/delete")
    send(page, password=NEW)
    expect(page.locator(".note")).to_be_visible()
    page.goto("/personal")
    expect(page).to_have_url(re.compile("/login$"))


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_second_factor_is_turned_off_again(open_page: Open, mailed: Flask, language: str):
    short = language[:2]
    member = make_member(mailed, f"关{short}", language=short)
    page = open_page("/login", language=language)
    enter(page, member.email)
    page.goto("/personal/second-factor")
    send(page, password=PASSWORD)
    secret = page.locator("main code").inner_text()
    send(page, code=pyotp.TOTP(secret).now())
    expect(page.locator(".codes code")).to_have_count(10)
    page.goto("/personal/second-factor")
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("button[formaction]").click()
    expect(page.locator(".note")).to_be_visible()
    page.context.clear_cookies()
    enter(page, member.email)
    expect(page).not_to_have_url(re.compile("/login/code$"))


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_moderator_invites_and_the_invited_needs_no_mail(open_page: Open, mailed: Flask, language: str):
    short = language[:2]
    moderator = make_member(mailed, f"版{short}", role="moderator", language=short)
    page = open_page("/login", language=language)
    enter(page, moderator.email)
    page.goto("/invitations")
    send(page, places="1", days="3", note="三班")
    code = page.locator("main li code").first.inner_text()
    pupil = open_page(f"/register?invitation={code}", width=360, language=language)
    send(pupil, email=f"pupil-{short}@example.org", nickname=f"学{short}", password=PASSWORD)
    expect(pupil).to_have_url(re.compile("/login$"))
    enter(pupil, f"pupil-{short}@example.org")
    pupil.goto("/personal")
    expect(pupil.locator("form[action='/confirm']")).to_have_count(0)
    for path in ("/rules", "/privacy", "/terms"):
        pupil.goto(path)
        expect(pupil.locator("html")).to_have_attribute("lang", re.compile(f"^{short}"))
        expect(pupil.locator("h1")).to_be_visible()
