"""Comments in the sandbox look as on GitHub, and nothing in them runs."""

import pytest

from tests.sandbox.markup import harmful, read
from tracker_bridge.sandbox.markdown import render

PEOPLE = frozenset({"alice", "bob"})

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "[x](javascript:alert(1))",
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    '<p style="position:fixed;inset:0">x</p>',
    "<style>body{display:none}</style>",
    "<form action=https://evil.example><input name=login><button>x</button></form>",
    "<input type=text autofocus onfocus=alert(1)>",
    '<base href="https://evil.example/">',
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    '![x"onerror="alert(1)](x)',
    '<span title="@alice onmouseover=alert(1)//">@alice</span>',
    '"><script>alert(1)</script>',
    "</textarea></div></article><script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "<<script>script>alert(1)</script>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("hard_breaks", [True, False])
def test_nothing_that_acts_survives(payload: str, hard_breaks: bool) -> None:
    assert harmful(str(render(payload, PEOPLE, hard_breaks=hard_breaks))) == []


def test_a_box_that_somebody_typed_can_not_be_typed_into() -> None:
    [box] = read(render("<input type=text name=login>")).elements
    assert (box.tag, box.attributes) == ("input", {"type": "checkbox", "disabled": ""})


def test_tables_keep_their_alignment_without_style() -> None:
    html = render("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert '<th align="center">a</th>' in html
    assert '<td align="right">2</td>' in html


def test_task_lists_have_boxes_that_can_not_be_changed() -> None:
    page = read(render("- [x] done\n- [ ] open\n- [link](https://example.com)"))
    off = {"type": "checkbox", "disabled": ""}
    assert [box.attributes for box in page.find("input")] == [off | {"checked": ""}, off]
    assert [item.attributes.get("class") for item in page.find("li")] == ["task-list-item"] * 2 + [None]
    assert page.text.split() == ["done", "open", "link"]


def test_an_alert_is_a_titled_box() -> None:
    html = render("> [!WARNING]\n> No lead\n>\n> Second\n\nafter")
    assert '<div class="markdown-alert markdown-alert-warning">' in html
    assert (
        '<p class="markdown-alert-title">Warning</p>\n<p>No lead</p>\n<p>Second</p>\n</div>\n<p>after</p>' in html
    )


@pytest.mark.parametrize("text", ["> [!NOTE]", "> [!OTHER]\n> x", "> > [!NOTE]\n> > x", "[!NOTE]\nx"])
def test_what_github_takes_for_a_plain_quote_stays_one(text: str) -> None:
    assert "markdown-alert" not in render(text)


def test_folds_and_small_marks_are_kept_and_html_comments_hidden() -> None:
    text = "<details><summary>More</summary>\n\n<kbd>x</kbd> <sub>y</sub> ~~z~~\n\n</details>\n\n<!-- a:b -->"
    html = render(text)
    assert "<details><summary>More</summary>" in html
    assert "<kbd>x</kbd> <sub>y</sub> <s>z</s>" in html
    assert "a:b" not in html


def test_mermaid_is_shown_as_code() -> None:
    assert '<pre><code class="language-mermaid">gantt' in render("```mermaid\ngantt\n```")


@pytest.mark.parametrize(
    "text", ["@alice", "Hi @Alice.", "(@alice)", "&#64;alice", "<summary>@alice</summary>", "**@alice**"]
)
def test_what_pings_somebody_is_bold(text: str) -> None:
    assert '<span class="mention">@' in render(text, PEOPLE)


@pytest.mark.parametrize(
    "text",
    ["`@alice`", "```\n@alice\n```", "a@alice", "@alice-b", "@carol", "@\u200balice", "[@alice](https://x.org)"],
)
def test_what_pings_nobody_is_not_bold(text: str) -> None:
    assert "mention" not in render(text, PEOPLE)


def test_looking_for_mentions_changes_nothing_else() -> None:
    text = 'a < b & c &lt;i&gt; "q" <a href="https://x.org/?a=1&b=%3E" title="x > y">l</a>\n\n<br>\n\n- &nbsp;é😀'
    assert render(text, frozenset({"nobody"})) == render(text)


def test_line_ends_break_on_github_only() -> None:
    assert render("a\nb") == "<p>a<br>\nb</p>\n"
    assert render("a\nb", hard_breaks=False) == "<p>a\nb</p>\n"
