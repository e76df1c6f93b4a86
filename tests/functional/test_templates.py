"""What is global to all templates."""

from __future__ import annotations

from flask import Flask, g, render_template_string


def test_a_page_and_the_macros_it_imports_know_the_same_globals_without_copying_them(app: Flask):
    for name in ("web/search.html", "macros/page.html"):
        assert app.jinja_env.get_template(name).globals is app.jinja_env.globals


def test_words_are_translated_and_their_values_escaped(app: Flask):
    page = "{{ _('%(pages)s 页', pages='<b>') }}"
    with app.test_request_context():
        g.language = "en"
        assert render_template_string(page) == "&lt;b&gt; pages"
        g.language = "zh"
        assert render_template_string(page) == "&lt;b&gt; 页"


def test_a_word_that_is_html_already_stays_so(app: Flask):
    with app.test_request_context():
        assert render_template_string("{{ _('%(a)s 页', a='<i>'|safe) }} {{ _('100%% 页') }}") == "<i> 页 100% 页"
