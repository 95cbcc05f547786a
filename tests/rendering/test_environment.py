"""A template that forgets a filter is safe, and one that gets round the escaping does not work."""

from pathlib import Path

import pytest
from jinja2 import TemplateError, TemplateRuntimeError
from markupsafe import Markup

from tests.rendering.corpus import ALL
from tests.rendering.gfm import FOUND_BY_FORGES, skeleton, words
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.rendering.environment import documents_environment

EVIL = "</b> <script> @alice #1 `x` **y** | [a](https://evil.test) {{ 7 * 7 }}"

FORGETFUL = {
    "print": "It is {{ text }} now",
    "attribute": "It is {{ thing.text }} now",
    "item": "It is {{ many[0] }} now",
    "loop": "It is {% for one in many %}{{ one }}{% endfor %} now",
    "condition": "It is {% if text %}{{ text }}{% endif %} now",
    "inline condition": "It is {{ text if text else 'nothing' }} now",
    "set": "{% set other = text %}It is {{ other }} now",
    "set block": "{% set other %}{{ text }}{% endset %}It is {{ other }} now",
    "macro": "{% macro say(it) %}{{ it }}{% endmacro %}It is {{ say(text) }} now",
    "macro in a macro": (
        "{% macro a(it) %}{{ it }}{% endmacro %}{% macro b(it) %}{{ a(it) }}{% endmacro %}It is {{ b(text) }} now"
    ),
    "call": "{% macro say() %}{{ caller() }}{% endmacro %}It is {% call say() %}{{ text }}{% endcall %} now",
    "import": "{% import '_parts.md.j2' as parts %}It is {{ parts.say(text) }} now",
    "include": "It is {% include '_it.md.j2' %} now",
    "plain words joined": "It is {{ text + '' }} now",
    "plain words filled in": "It is {{ '%s' % text }} now",
    "escaping switched off": "{% autoescape false %}It is {{ text }} now{% endautoescape %}",
    "in a link": "It is {{ text | link(url) }} now",
    "in a link without an address": "It is {{ text | link(nowhere) }} now",
    "as a person": "It is {{ text | mention }} now",
    "in a cell": "| A |\n|---|\n| {{ text | prose | cell }} |",
    "in HTML": "<details>\n<summary>{{ text }}</summary>\n\nx\n\n</details>",
    "twice": "It is {{ text | prose | prose }} now",
}

TRICKS = {
    "safe": "{{ text | safe }}",
    "joined to what is safe": "{{ (text | prose) + text }}",
    "what is safe joined to it": "{{ text + (text | prose) }}",
    "a tilde": "{{ text ~ text }}",
    "a tilde with what is safe": "{{ (text | prose) ~ text }}",
    "filled into what is safe": "{{ ('%s' | prose) % text }}",
    "an attribute of the machine": "{{ text.__class__.__mro__ }}",
    "a global": "{{ range(3) }}",
    "an unknown name": "{{ nobody }}",
    "an unknown attribute": "{{ thing.nobody }}",
    "a filter of Jinja's": "{{ text | upper }}",
    "a list changed": "{{ many.append(text) }}",
    "a link to a text": "{{ 'runbook' | link(text) }}",
}


class Thing:
    text = EVIL


def rendered(folder: Path, source: str, text: str = EVIL) -> str:
    (folder / "it.md.j2").write_text(source, "utf-8")
    (folder / "_it.md.j2").write_text("{{ text }}", "utf-8")
    (folder / "_parts.md.j2").write_text("{% macro say(it) %}{{ it }}{% endmacro %}", "utf-8")
    thing = Thing()
    thing.text = text
    template = documents_environment(folder).get_template("it.md.j2")
    urls = {"url": TrackerUrl("https://forge.test"), "nowhere": TrackerUrl("")}
    return template.render(text=text, thing=thing, many=[text], **urls)


@pytest.mark.parametrize("case", FORGETFUL)
def test_forgetting_a_filter_is_safe(case: str, tmp_path: Path) -> None:
    harmless = skeleton(rendered(tmp_path, FORGETFUL[case], "word").replace("@word", "word"))
    for text in (EVIL, *ALL[::3]):
        body = rendered(tmp_path, FORGETFUL[case], text)
        assert skeleton(body) == harmless or not text.strip(), body
        assert not FOUND_BY_FORGES.search(words(body).replace("@alice", "", case == "as a person")), body


@pytest.mark.parametrize("case", TRICKS)
def test_getting_round_the_escaping_does_not_work(case: str, tmp_path: Path) -> None:
    with pytest.raises((TemplateError, TypeError)):
        rendered(tmp_path, TRICKS[case])


def test_nothing_to_print_is_a_mistake_of_the_template(tmp_path: Path) -> None:
    (tmp_path / "it.md.j2").write_text("{{ nothing }}", "utf-8")
    with pytest.raises((TypeError, TemplateRuntimeError)):
        documents_environment(tmp_path).get_template("it.md.j2").render(nothing=None)


def test_text_of_people_is_never_a_template(tmp_path: Path) -> None:
    for text in ("{{ 7 * 7 }}", "{% for x in y %}", "{# x #}", "{{ thing.__class__ }}"):
        assert "49" not in rendered(tmp_path, "{{ text }}", text)


def test_numbers_and_markup_are_printed_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "it.md.j2").write_text("{{ number }} {{ bold }}", "utf-8")
    template = documents_environment(tmp_path).get_template("it.md.j2")
    assert template.render(number=12, bold=Markup("**x**")) == "12 **x**"
