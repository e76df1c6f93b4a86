"""A whole exchange by two people in two windows: from signing up to the book's arrival."""

from __future__ import annotations

import os
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.books import LONG, SANTI
from tests.support.chromium import Open

PASSWORD = "客从远方来 遗我双鲤鱼"
#: Set to a folder to keep the pictures of every step.
PICTURES = os.environ.get("STORY_PICTURES")
WIDTHS = (360, 1280)


class Album:
    """Takes a picture of each step at both widths and checks that nothing sticks out and axe finds nothing."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def look(self, page: Page, name: str) -> None:
        before = page.viewport_size
        page.wait_for_load_state()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                self.faults.append(f"{name} sticks out at {width} px")
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        results = Axe().run(page)
        if results.violations_count:
            self.faults.append(f"{name}: {results.generate_report()}")
        if before:
            page.set_viewport_size(before)


def mail_to(app: Flask, address: str, pattern: str) -> str:
    """Let the worker send what is due, and give what the pattern finds in the last mail to an address."""
    container = app.extensions["container"]
    with app.app_context():
        container.operations.mail_delivery.deliver_due()
        mail = container.mail.transport.sent_to(address)[-1]
    found = re.search(pattern, mail.text)
    assert found, mail.text
    return found.group()


def become_member(app: Flask, page: Page, name: str, email: str) -> None:
    page.goto("/register")
    page.locator("[name=email]").fill(email)
    page.locator("[name=nickname]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form [type=submit]").click()
    page.goto(mail_to(app, email, r"/confirm/\S+"))
    page.locator("main form [type=submit]").click()
    page.goto("/login")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form [type=submit]").click()
    expect(page.get_by_text("欢迎回来")).to_be_visible()


def test_two_people_exchange_a_book(served: tuple[Flask, str], open_page: Open):
    app, _site = served
    album = Album()
    giver, reader = open_page("/"), open_page("/")
    become_member(app, giver, "送书的老舍", "laoshe@example.org")
    become_member(app, reader, "想读的小满", "xiaoman@example.org")

    reader.goto(f"/book/{LONG.isbn13}/detail")
    reader.get_by_role("link", name="我有一本，送出").click()
    album.look(reader, "01-offer")
    reader.get_by_role("button", name="放上架").click()
    expect(reader.get_by_text("得到 1 个鱼豆")).to_be_visible()
    reader.goto(f"/book/{SANTI.isbn13}/detail")
    album.look(reader, "02-book-nobody-gives")
    reader.get_by_role("button", name="加进心愿").click()
    album.look(reader, "03-wishes")

    giver.goto("/")
    giver.get_by_role("combobox").fill("三体")
    giver.get_by_role("combobox").press("Enter")
    giver.get_by_role("link", name="三体", exact=True).first.click()
    giver.get_by_role("link", name="我有一本，送出").click()
    giver.get_by_role("button", name="放上架").click()
    album.look(giver, "04-gifts")
    giver.get_by_role("link", name="看看谁想要").click()
    album.look(giver, "05-book-with-wishers")
    giver.get_by_role("button", name="送给这位").click()

    reader.goto("/notices")
    album.look(reader, "06-notices")
    reader.get_by_role("link", name="想送给你").click()
    reader.locator("[name=recipient_name]").fill("林小满")
    reader.locator("[name=mobile]").fill("13800138000")
    reader.locator("[name=address]").fill("四川省成都市青羊区草堂路三十七号")
    reader.locator("[name=message]").fill("一直想读这一本")
    album.look(reader, "07-request")
    reader.locator("main form [type=submit]").click()
    expect(reader).to_have_url(re.compile("/pending$"))
    album.look(reader, "08-pending-reader")

    assert "想要你的《三体》" in mail_to(app, "laoshe@example.org", r"想要你的《三体》")
    giver.goto("/pending")
    album.look(giver, "09-pending-giver")
    giver.get_by_role("button", name="看地址").click()
    expect(giver.get_by_text("草堂路三十七号")).to_be_visible()
    album.look(giver, "10-address")
    giver.goto("/pending")
    mailed = giver.locator("form[action$='/mailed']")
    expect(mailed).to_be_visible()
    mailed.locator("[name=carrier]").fill("邮政")
    mailed.locator("[name=tracking]").fill("RR123456789CN")
    mailed.get_by_role("button").click()
    expect(giver.get_by_text("书上路了")).to_be_visible()

    reader.goto("/pending")
    album.look(reader, "11-on-its-way")
    reader.get_by_role("button", name="收到了", exact=True).click()
    expect(reader.get_by_text("书到了，真好")).to_be_visible()
    reader.locator("summary", has_text="经过").first.click()
    expect(reader.get_by_text("看了地址")).to_be_visible()
    album.look(reader, "12-received")
    giver.goto("/my/beans")
    expect(giver.locator(".bean-balance")).to_contain_text("2")
    album.look(giver, "13-beans")
    reader.goto("/my/beans")
    expect(reader.locator(".bean-balance")).to_contain_text("0")
    giver.goto("/")
    album.look(giver, "14-home")
    assert album.faults == []
