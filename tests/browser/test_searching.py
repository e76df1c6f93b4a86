"""Searching as people do it: with the keyboard, with a thumb, without JavaScript."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.books import SANTI
from tests.support.chromium import Open

DETAIL = re.compile(r"/book/\d{13}/detail$")


def test_suggestions_open_while_typing_and_lead_to_the_book(open_page: Open):
    page = open_page("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("三体")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("Enter")
    expect(page).to_have_url(DETAIL)


def test_escape_closes_the_list_and_gives_back_what_was_typed(open_page: Open):
    page = open_page("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("三")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Escape")
    expect(page.get_by_role("option").first).to_be_hidden()
    expect(box).to_have_value("三")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_arrows_go_round_through_what_was_typed(open_page: Open):
    page = open_page("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("三")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    expect(box).to_have_value("三")


def test_enter_without_a_choice_searches_for_what_was_typed(open_page: Open):
    page = open_page("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("三体")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/book/search\?q="))
    expect(page.get_by_role("searchbox").or_(page.get_by_role("combobox"))).to_have_value("三体")


def test_a_tap_on_a_suggestion_opens_it(open_page: Open):
    page = open_page("/", width=390)
    page.get_by_role("combobox").press_sequentially("三体")
    page.get_by_role("option").first.click()
    expect(page).to_have_url(DETAIL)


def test_the_number_of_suggestions_is_announced(open_page: Open):
    page = open_page("/")
    page.get_by_role("combobox").press_sequentially("三体")
    expect(page.locator(".search [role=status]")).to_contain_text("条建议")


def test_letters_that_are_still_being_composed_are_left_alone(open_page: Open):
    page = open_page("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest" in request.url else None)
    page.evaluate(
        """() => { const box = document.querySelector("input[name=q]"); box.focus(); box.value = "san";
        box.dispatchEvent(new InputEvent("input", {isComposing: true, bubbles: true})); }"""
    )
    page.wait_for_timeout(300)
    assert asked == []


def test_everything_works_without_javascript(open_page: Open):
    page = open_page("/", javascript=False)
    page.get_by_role("searchbox").fill("santi")
    page.get_by_role("button", name="搜书").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("三体")
    page.get_by_role("link", name="三体", exact=True).first.click()
    expect(page).to_have_url(re.compile(SANTI.isbn13))
    expect(page.get_by_role("heading", level=1)).to_have_text("三体")


def test_the_first_tab_skips_to_the_content(open_page: Open):
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#main$"))


def test_the_language_switch_changes_the_page_one_is_on(open_page: Open):
    page = open_page("/book/search?q=三体")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(r"/book/search\?q="))
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_citation_can_be_copied_with_one_press(open_page: Open):
    page = open_page(f"/book/{SANTI.isbn13}/detail")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert "刘慈欣. 三体[M]" in page.evaluate("navigator.clipboard.readText()")
