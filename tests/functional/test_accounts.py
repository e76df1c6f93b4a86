"""Accounts over HTTP: register, confirm, log in and out, reset and change passwords."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from app.libs.passwords import Passwords
from app.mail.transports import MemoryTransport
from app.models.user import User
from tests.support.mails import deliver, link_in, post_office
from tests.support.members import PASSWORD, login, make_member, quick_passwords
from tests.support.pages import PageClient
from tests.support.rows import get_row

NEW = "尺素如残雪 9527"


@pytest.fixture(autouse=True)
def _quick(app):
    quick_passwords(app)


@pytest.fixture(name="post_office")
def post_office_of_the_app(app) -> MemoryTransport:
    return post_office(app)


def register(page: PageClient, **fields: str):
    return page.post(
        "/register", {"email": "xiaoman@example.com", "nickname": "小满", "password": PASSWORD, **fields}, status=200
    )


def test_a_whole_beginning_register_confirm_log_in_out(app, page, post_office):
    assert "信已寄出" in register(page).text
    link = link_in(deliver(app)[0])
    page.get(link)
    page.get(link)
    page.post(link)
    page.get(link, status=410)
    response = page.post("/login", {"email": "XiaoMan@example.com", "password": PASSWORD})
    assert response.location == "/"
    assert "小满" in page.get("/").text
    page.post("/logout", on="/change/password")
    assert "小满" not in page.get("/").text


def test_a_known_address_sees_the_same_page_and_its_owner_gets_a_mail(app, page, post_office):
    owner = make_member(app, "老周")
    new, known = register(page), register(page, email=owner.email, nickname="小舟")
    assert new.text.replace("xiaoman@example.com", "") == known.text.replace(owner.email, "")
    assert any("已经有" in mail.subject for mail in post_office.sent) is False
    deliver(app)
    assert [mail.subject for mail in post_office.sent_to(owner.email)] == ["[鱼书] 你已经有鱼书账号了"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "nowhere"}, "这个邮箱地址不太对"),
        ({"nickname": "m"}, "昵称要 2 到 20 个字符宽"),
        ({"nickname": "小满" * 6}, "昵称要 2 到 20 个字符宽"),
        ({"password": "1234567"}, "密码要 8 到 128 个字符"),
        ({"password": "password"}, "这个密码太常见"),
        ({"password": "xiaoman2"}, "这个密码太常见"),
        ({"nickname": "老周"}, "已经有人用了"),
        ({"email": ""}, "请写下邮箱"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_made(app, page, fields, said):
    make_member(app, "老周")
    assert said in register(page, **fields).text
    page.post("/login", {"email": "xiaoman@example.com", "password": PASSWORD}, status=200)


def test_an_unknown_address_and_a_wrong_password_get_the_same_page(app, page):
    member = make_member(app)
    unknown = page.post("/login", {"email": "nobody@example.com", "password": PASSWORD}, status=200)
    wrong = page.post("/login", {"email": member.email, "password": "not this one"}, status=200)
    assert unknown.text.replace("nobody@example.com", "X") == wrong.text.replace(member.email, "X") != ""
    assert "邮箱或密码不对" in wrong.text


def test_a_reset_link_works_once_and_ends_every_session(app, page, post_office):
    member = make_member(app)
    elsewhere = app.test_client()
    login(elsewhere, member)
    assert elsewhere.get("/change/password").status_code == 200
    page.post("/reset/password", {"email": member.email}, status=200)
    link = link_in(deliver(app)[-1])
    page.post(link, {"password1": NEW, "password2": NEW + "x"}, status=200)
    page.post(link, {"password1": NEW, "password2": NEW})
    page.get(link, status=410)
    assert elsewhere.get("/change/password").status_code == 303
    page.post("/login", {"email": member.email, "password": PASSWORD}, status=200)
    page.post("/login", {"email": member.email, "password": NEW})


def test_a_newer_reset_link_kills_the_older(app, page, post_office):
    member = make_member(app)
    for _mail in range(2):
        page.post("/reset/password", {"email": member.email}, status=200)
        deliver(app)
    older, newer = (link_in(mail.text) for mail in post_office.sent)
    page.get(older, status=410)
    page.get(newer)


def test_a_password_change_needs_the_old_one_and_ends_the_other_sessions(app, page):
    member = make_member(app)
    elsewhere = app.test_client()
    login(page.http, member)
    login(elsewhere, member)
    fields = {"password1": NEW, "password2": NEW}
    assert "密码不对" in page.post("/change/password", {"old_password": "wrong one", **fields}, status=200).text
    page.post("/change/password", {"old_password": PASSWORD, **fields})
    assert page.http.get("/change/password").status_code == 200
    assert elsewhere.get("/change/password").status_code == 303


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/%2f%2fevil.example", "javascript:alert(1)"],
)
def test_login_leads_nowhere_but_this_site(app, page, target):
    member = make_member(app)
    response = page.post("/login", {"email": member.email, "password": PASSWORD}, query_string={"next": target})
    assert response.location == "/"


def test_login_leads_to_where_one_wanted_to_go(app, page):
    member = make_member(app)
    page.get("/change/password", follow=True)
    assert page.post("/login", {"email": member.email, "password": PASSWORD}).location == "/change/password"


def test_a_copied_cookie_is_dead_after_logout(app, page):
    member = make_member(app)
    login(page.http, member)
    copy = page.http.get_cookie("session").value
    page.post("/logout", on="/change/password")
    thief = app.test_client()
    thief.set_cookie("session", copy)
    assert thief.get("/change/password").status_code == 303


def test_the_command_line_makes_a_confirmed_member_who_can_log_in(app, page):
    made = app.test_cli_runner().invoke(
        args=["user", "create", "a@example.com", "阿满", "--password-stdin", "--confirmed"], input=f"{PASSWORD}\n"
    )
    assert made.exit_code == 0, made.output
    page.post("/login", {"email": "a@example.com", "password": PASSWORD})
    again = app.test_cli_runner().invoke(
        args=["user", "create", "b@example.com", "阿满", "--password-stdin"], input=f"{PASSWORD}\n"
    )
    assert again.exit_code != 0
    assert "taken" in again.output


@pytest.mark.parametrize(
    ("email", "nickname", "password", "said"),
    [
        ("nowhere", "阿满", PASSWORD, "valid address"),
        ("a@example.com", "m", PASSWORD, "valid address"),
        ("a@example.com", "阿/满", PASSWORD, "valid address"),
        ("a@example.com", "阿满", "short", "valid address"),
        ("a@example.com", "阿满", "password1", "very common"),
        ("KNOWN@example.com", "阿满", PASSWORD, "There is an account"),
    ],
)
def test_the_command_line_makes_no_account_that_breaks_the_rules(app, email, nickname, password, said):
    run = app.test_cli_runner().invoke
    assert run(args=["user", "create", "known@example.com", "老周", "--password-stdin"], input=PASSWORD).exit_code == 0
    made = run(args=["user", "create", email, nickname, "--password-stdin"], input=f"{password}\n")
    assert made.exit_code == 1
    assert said in made.output
    assert "Traceback" not in made.output


def test_a_confirmation_is_posted_again_until_the_address_is_confirmed(app, page, post_office):
    member = make_member(app, is_confirmed=False)
    login(page.http, member)
    assert "再寄一封" in page.get("/personal").text
    page.post("/confirm", on="/personal", status=200)
    page.post("/confirm", on="/personal", status=200)
    older, newer = (link_in(text) for text in deliver(app))
    page.get(older, status=410)
    page.post(newer)
    assert "再寄一封" not in page.get("/personal").text
    page.post("/confirm", on="/personal", status=200)
    assert len(deliver(app)) == 2


def test_who_resets_the_password_by_a_mail_has_confirmed_the_address(app, page, post_office):
    member = make_member(app, is_confirmed=False)
    page.post("/reset/password", {"email": member.email}, status=200)
    page.post(link_in(deliver(app)[0]), {"password1": NEW, "password2": NEW})
    page.post("/login", {"email": member.email, "password": NEW})
    assert "再寄一封" not in page.get("/personal").text


def test_an_operators_link_confirms_no_address(app, page):
    member = make_member(app, is_confirmed=False)
    shown = app.test_cli_runner().invoke(args=["user", "reset-link", member.email]).output
    page.post(link_in(shown), {"password1": NEW, "password2": NEW})
    page.post("/login", {"email": member.email, "password": NEW})
    assert "再寄一封" in page.get("/personal").text


def test_a_new_address_kills_the_links_that_went_to_the_old_one(app, page, post_office):
    member = make_member(app)
    page.post("/reset/password", {"email": member.email}, status=200)
    to_old = link_in(deliver(app)[0])
    login(page.http, member)
    page.post("/change/email", {"email": "new@example.com", "password": PASSWORD}, status=200)
    page.post(link_in(deliver(app)[-1]))
    page.get(to_old, status=410)


def test_the_cookie_outlives_the_browser_and_is_not_sent_anew_each_time(app, page):
    member = make_member(app)
    cookies = page.post("/login", {"email": member.email, "password": PASSWORD}).headers.getlist("Set-Cookie")
    assert ["Expires=" in cookie for cookie in cookies if cookie.startswith("session=")] == [True]
    page.get("/personal")
    assert "Set-Cookie" not in page.http.get("/personal").headers


def test_a_hash_with_old_parameters_is_renewed_at_login(app, page):
    member = make_member(app)
    container = app.extensions["container"]
    with app.app_context():
        before = get_row(User, member.id).password_hash
    for part in ("accounts", "password_rules", "registration"):
        container.members.__dict__.pop(part, None)
    container.members.passwords = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    page.post("/login", {"email": member.email, "password": PASSWORD})
    with app.app_context():
        after = get_row(User, member.id).password_hash
    assert "t=1" in before
    assert "t=2" in after
    page.post("/login", {"email": member.email, "password": PASSWORD}, on="/personal/profile")


@pytest.mark.parametrize("nickname", ["a/b", "a\\b", "小\u200b满", "小\u202e满", "…。", "\ufdfa" * 10, "小\u3164满"])
def test_a_nickname_can_be_seen_and_stands_in_an_address(app, page, nickname):
    said = register(page, nickname=nickname).text
    assert "昵称里要有字" in said
    assert "信已寄出" not in said


@pytest.mark.parametrize("nickname", ["Ⅳ号机", "O'Neil", "🐟 书", "小满 2"])
def test_a_nickname_may_be_of_any_script(app, page, nickname):
    assert "信已寄出" in register(page, nickname=nickname).text


def test_the_profile_changes_and_a_taken_nickname_is_refused(app, page):
    make_member(app, "老周")
    login(page.http, make_member(app))
    page.get("/personal/profile")
    fields = {"nickname": "老周", "language": "en", "wants_mail": "y"}
    assert "已经有人用了" in page.post("/personal/profile", fields, status=200).text
    page.post("/personal/profile", {**fields, "nickname": "小暑"})
    opened = page.get("/personal")
    assert opened.language == "en"
    assert "小暑" in opened.text


def test_a_new_address_needs_the_password_and_its_own_confirmation_and_the_old_one_is_told(app, page, post_office):
    member = make_member(app)
    login(page.http, member)
    fields = {"email": "new@example.com", "password": "wrong one"}
    assert "密码不对" in page.post("/change/email", fields, status=200).text
    page.post("/change/email", {**fields, "password": PASSWORD}, status=200)
    link = link_in(deliver(app)[-1])
    assert post_office.sent[-1].recipient.address == "new@example.com"
    page.get("/personal")
    page.post(link)
    deliver(app)
    assert post_office.sent_to(member.email)[-1].subject == "[鱼书] 你的邮箱换了"
    assert "new@example.com" in page.get("/personal").text
    page.get(link, status=410)


def test_a_taken_new_address_shows_the_same_page_and_its_owner_is_written_to(app, page, post_office):
    other = make_member(app, "老周")
    login(page.http, make_member(app))
    assert "信已寄出" in page.post("/change/email", {"email": other.email, "password": PASSWORD}, status=200).text
    deliver(app)
    assert [mail.subject for mail in post_office.sent_to(other.email)] == ["[鱼书] 你已经有鱼书账号了"]


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(app, page):
    member, stranger = make_member(app), make_member(app, "老周")
    clients = [app.test_client() for _ in range(3)]
    for client in clients:
        login(client, member)
    login(page.http, member)
    opened = page.get("/personal/sessions")
    endings = [form["action"] for form in opened.forms if "/end" in form.get("action", "")]
    assert len(endings) == 4
    other = PageClient(app)
    login(other.http, stranger)
    other.post(endings[0], on="/change/password", status=404)
    page.post(endings[0], on="/personal/sessions")
    assert sum(client.get("/personal").status_code == 200 for client in clients) == 2
    page.post("/personal/sessions/end", on="/personal/sessions")
    assert [client.get("/personal").status_code for client in clients] == [303] * 3
    page.get("/personal")


def test_operators_promote_disable_and_enable(app, page):
    member = make_member(app)
    run = app.test_cli_runner().invoke
    login(page.http, member)
    assert run(args=["user", "promote", member.email, "moderator"]).exit_code == 0
    assert "moderator  confirmed    小满" in run(args=["user", "list"]).output
    assert run(args=["user", "disable", member.email]).exit_code == 0
    assert page.http.get("/personal").status_code == 303
    page.post("/login", {"email": member.email, "password": PASSWORD}, status=200)
    assert run(args=["user", "enable", member.email]).exit_code == 0
    page.post("/login", {"email": member.email, "password": PASSWORD})
    assert run(args=["user", "disable", "nobody@example.com"]).exit_code == 1


def test_an_operators_reset_link_works(app, page):
    member = make_member(app)
    shown = app.test_cli_runner().invoke(args=["user", "reset-link", member.email]).output.strip()
    page.post(link_in(shown), {"password1": NEW, "password2": NEW})
    page.post("/login", {"email": member.email, "password": NEW})


def test_a_new_browser_speaks_the_members_language_after_the_login(app, page):
    member = make_member(app, language="en")
    assert page.get("/").language == "zh-CN"
    page.post("/login", {"email": member.email, "password": PASSWORD})
    assert page.get("/").language == "en"


def test_a_language_chosen_in_this_browser_stays(app, page):
    member = make_member(app, language="en")
    page.http.get("/language/zh")
    page.post("/login", {"email": member.email, "password": PASSWORD})
    assert page.get("/").language == "zh-CN"
