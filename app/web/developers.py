"""How to use the book API, for people who write programs."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, render_template
from flask_babel import lazy_gettext as _l

from app.http.limits import limits_of
from app.web.blueprint import web


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of program that runs as it stands; ``{site}`` is this site's address."""

    label: object
    language: str
    code: str


API_EXAMPLES = (
    Example(_l("用 curl 查一个 ISBN"), "sh", "curl -s '{site}/v2/book/isbn/9787536692930'"),
    Example(
        _l("用 Python 搜书，一页一页往后翻"),
        "python",
        """import requests

url = "{site}/v2/book/search"
start, total = 0, 1
while start < total:
    found = requests.get(url, params={{"q": "三体", "start": start, "count": 20}}).json()
    for book in found["books"]:
        print(book["isbn"], book["title"], "、".join(book["author"]))
    start, total = start + 20, found["total"]
""",
    ),
    Example(
        _l("用 Python 查一本书，查不到也不慌"),
        "python",
        """import requests

answer = requests.get("{site}/v2/book/isbn/978-7-5366-9293-0")
book = answer.json()
if answer.status_code == 200:
    print(book["title"], book["publisher"], book["image"])
else:
    print(book["code"], book["msg"])
""",
    ),
    Example(
        _l("旧程序不改代码：把本站当作 HTTP 代理"),
        "sh",
        "curl -s --proxy {site} 'http://t.yushu.im/v2/book/isbn/9787536692930?fields=id,title'",
    ),
    Example(
        _l("在别的网页里用 JavaScript"),
        "javascript",
        """const answer = await fetch("{site}/v2/book/search?q=santi&summary=1");
const found = await answer.json();
for (const book of found.books) console.log(book.isbn, book.title);
""",
    ),
)


@web.get("/developers")
def developers() -> str:
    """Show the API's addresses, quirks and errors, with examples that run."""
    site: str = current_app.config["SITE_URL"]
    examples = [(example.label, example.language, example.code.format(site=site).strip()) for example in API_EXAMPLES]
    limits = limits_of(current_app.config["LIMIT_API"], current_app.config["LIMIT_ADDRESS_FACTOR"])
    return render_template("web/developers.html", site=site, examples=examples, limit="; ".join(map(str, limits)))
