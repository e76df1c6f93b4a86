"""Mails are worded from folders of templates."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any, ClassVar

import pytest

from app.mail.rendering import ContextError, Renderer, as_html
from tests.support.letters import EVERY_MAIL, RENDERER, SAMPLE, SITE, sample_for


def words_of(markup: str) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", markup)))


@pytest.mark.parametrize(("kind", "language"), EVERY_MAIL)
def test_every_mail_can_be_worded_in_both_languages(kind: str, language: str) -> None:
    worded = RENDERER.word(kind, language, sample_for(kind, language))
    assert re.fullmatch(r"\[鱼书\] \S.*", worded.subject)
    assert worded.text.startswith("渔夫，你好" if language == "zh" else "Hello 渔夫")
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in worded.html
    assert "{{" not in worded.text + worded.html


@pytest.mark.parametrize(("kind", "language"), EVERY_MAIL)
def test_every_paragraph_of_the_text_is_in_the_html(kind: str, language: str) -> None:
    worded = RENDERER.word(kind, language, sample_for(kind, language))
    body = worded.text.split("\n-- \n")[0].split("\n\n")[1:-1]
    marked_up = words_of(worded.html)
    assert body
    assert [paragraph for paragraph in body if words_of(html.escape(paragraph)) not in marked_up] == []


@pytest.mark.parametrize("kind", RENDERER.kinds())
def test_both_languages_need_the_same_names(kind: str) -> None:
    assert RENDERER.names_wanted(kind, "zh") == RENDERER.names_wanted(kind, "en")


def test_a_confirmation_carries_the_link_with_its_token() -> None:
    worded = RENDERER.word("confirm", "zh", SAMPLE)
    assert "\nhttps://yushu.example/confirm/t0k-EN_\n" in worded.text
    assert 'href="https://yushu.example/confirm/t0k-EN_"' in worded.html


class TestOwnTemplates:
    """The engine itself, on templates made here."""

    @pytest.fixture
    def renderer(self, tmp_path: Path) -> Renderer:
        for layout in Path("app/mail/messages").glob("*.*"):
            (tmp_path / layout.name).write_text(layout.read_text("utf-8"), "utf-8")
        (tmp_path / "wanted").mkdir()
        (tmp_path / "wanted" / "subject.zh.txt").write_text("有人想要\n《{{ title }}》\n", "utf-8")
        (tmp_path / "wanted" / "body.zh.txt").write_text(
            "{{ asker }}想要《{{ title }}》，{{ until | date }}前回话。\n\n\n{{ url('/pending') }}\n", "utf-8"
        )
        return Renderer(site_url=SITE, folder=tmp_path)

    CONTEXT: ClassVar[dict[str, Any]] = {"name": "渔夫", "asker": "<b>豆</b>", "title": "A & B", "until": 1_796_400_000}

    def test_a_subject_is_one_line(self, renderer: Renderer) -> None:
        assert renderer.subject("wanted", "zh", self.CONTEXT) == "[鱼书] 有人想要 《A & B》"

    def test_a_line_break_in_a_fact_does_not_break_the_subject(self, renderer: Renderer) -> None:
        subject = renderer.subject("wanted", "zh", self.CONTEXT | {"title": "A\r\nBcc: x@example.org"})
        assert subject == "[鱼书] 有人想要 《A Bcc: x@example.org》"

    def test_markup_in_a_fact_is_escaped_in_html_and_left_alone_in_text(self, renderer: Renderer) -> None:
        worded = renderer.word("wanted", "zh", self.CONTEXT)
        assert "<b>豆</b>想要《A & B》，2026年12月5日前回话。" in worded.text
        assert "<p>&lt;b&gt;豆&lt;/b&gt;想要《A &amp; B》，2026年12月5日前回话。</p>" in worded.html

    def test_html_is_made_from_the_text_when_there_is_none(self, renderer: Renderer) -> None:
        assert '<p><a href="https://yushu.example/pending" style=' in renderer.word("wanted", "zh", self.CONTEXT).html

    def test_a_missing_name_is_told_before_posting(self, renderer: Renderer) -> None:
        with pytest.raises(ContextError, match="needs asker, until in its context"):
            renderer.ensure_complete("wanted", "zh", {"title": "三体"})
        renderer.ensure_complete("wanted", "zh", self.CONTEXT)

    @pytest.mark.parametrize(("kind", "language"), [("wanted", "en"), ("unheard", "zh")])
    def test_a_kind_without_templates_is_told_before_posting(
        self, renderer: Renderer, kind: str, language: str
    ) -> None:
        with pytest.raises(ContextError, match="there is no mail"):
            renderer.ensure_complete(kind, language, self.CONTEXT)

    def test_what_is_made_at_sending_need_not_be_posted(self) -> None:
        RENDERER.ensure_complete("confirm", "zh", {})


def test_a_link_inside_a_sentence_becomes_a_link() -> None:
    assert as_html("see https://a.example/?a=1&b=2 now\nplease") == (
        '<p>see <a href="https://a.example/?a=1&amp;b=2" style="color:#27445c">https://a.example/?a=1&amp;b=2</a> now<br>\nplease</p>'
    )


def test_dates_are_those_of_the_sites_time_zone(tmp_path: Path) -> None:
    (tmp_path / "due").mkdir()
    (tmp_path / "due" / "subject.en.txt").write_text("by {{ until | date }}")
    late_on_the_fourth_in_london = 1_796_428_200  # 2026-12-04T23:50Z
    for zone, day in (("Asia/Shanghai", "5 December 2026"), ("UTC", "4 December 2026")):
        renderer = Renderer(site_url=SITE, time_zone=zone, folder=tmp_path)
        assert renderer.subject("due", "en", {"until": late_on_the_fourth_in_london}) == f"[鱼书] by {day}"
