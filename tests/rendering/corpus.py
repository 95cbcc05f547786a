"""What people may write to break a comment of ours: markup, pings and references, hidden signs, commands."""

from itertools import product

from hypothesis import strategies as st

from tracker_bridge.sandbox.gitlab.quick_actions import NAMES, SUBSTITUTIONS

MARKUP = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.test/xss.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<IMG SRC=`javascript:alert(1)`>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<<script>alert(1);//<</script>",
    "</details></td></table><h1>x",
    "<details open><summary>x",
    "<!-- x",
    "<!-- x -->",
    "-->",
    "<!--tracker-bridge:status-->",
    "<!-- tracker-bridge:status -->",
    "<!-- receipts:AAAA:" + "0" * 64 + " -->",
    "<![CDATA[x]]>",
    "<?php x ?>",
    "<!DOCTYPE x>",
    "&lt;script&gt;&#60;img&#x3e;&amp;&copy;&#0;&#64;alice",
    "\\<b> \\\\<b> \\",
    "ends with a backslash\\",
    "`code` ``code` ```",
    "``` \n~~~\n```",
    "~~~",
    "*a* **b** ***c*** _d_ __e__ ~~f~~ ~g~",
    "a*b*c a_b_c *a_b*",
    "[text](https://evil.test)",
    "[text](javascript:alert(1))",
    "[text](<https://evil.test> 'title')",
    "![image](https://evil.test/pixel.png)",
    "[![x](https://evil.test/a.png)](https://evil.test)",
    "[text]: https://evil.test",
    "[text][ref] [ref][] [ref]",
    "[^1] [^1]: foot",
    "<https://evil.test> <mailto:eve@evil.test>",
    "https://evil.test http://evil.test/a?b=c&d#e ftp://evil.test irc://evil.test smb://evil.test",
    "www.evil.test WWW.evil.test http:evil",
    "eve@evil.test mailto:eve@evil.test xmpp:eve@evil.test",
    "# heading",
    "Heading\n===",
    "Heading\n---",
    "---",
    "***",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "1) item",
    "999999999. item",
    "- [ ] task - [x] done",
    "[ ] task",
    "> quote",
    ">>> quote",
    "    indented",
    "\tindented",
    "| a | b |\n|---|---|\n| c | d |",
    "a | b",
    "|",
    "\\|",
    "\\\\|",
    "`a|b` `a\\|b`",
    "$x$ $$x$$ $`x`$ \\(x\\) \\[x\\] ${x} $(x)",
    "```math\nx\n```",
    "```mermaid\nx\n```",
    "::include{file=/etc/passwd}",
    "[[_TOC_]] [TOC] [[wiki|page]]",
    "%{user} {{ 7 * 7 }} {% raw %} {# x #} ${7*7} #{7*7}",
    "{+ added +} [- removed -] {- removed -} [+ added +]",
    ":tada: :+1: :-1: :e-mail: :100: :non-potable_water: :8ball:",
    "----\ntitle: x\n----",
    "{:.class #id}",
    "<br> <hr> <b>x</b> <sub>x</sub>",
    "\u1fefcode\u1fef",
    "a\u0338 <\u0338b>",
]

PINGS = [
    "@alice",
    "@Alice-B @alice_b @alice.b @a/b @acme/team @all @here @channel @everyone",
    "(@alice) [@alice] {@alice} <@alice> *@alice* _@alice_ ~@alice~ \"@alice\" '@alice'",
    "/@alice .@alice -@alice ,@alice `@alice \\@alice @@alice x@alice é@alice",
    "@\u200balice @\u200dalice @\u2060alice \u200b@alice",
    "@\nalice",
    "@`alice` @*alice* @\\alice @<b>alice",
    "&#64;alice &commat;alice",
    "\uff20alice",
    "#1 #12 !1 $1 ~1 %1 &1 ^1",
    "acme/api#12 acme/api!12 acme/api@abc1234 acme/api$1 acme/api%1 acme/api~bug acme&1",
    "GH-12 gh-12 Fixes #12 closes GH-12 resolves acme/api#12",
    '~bug ~"two words" ~a::b %"v 1.0" %v1 &"epic" #"x"',
    "[vulnerability:1] [feature_flag:1] [cadence:1] [contact:eve@evil.test] [issue:1] [work_item:1]",
    '*iteration:1 *iteration:"x" ^alert#1',
    "#\u200b1 !\u200d1 #*1* #`1` #\\1",
]

HIDING = [
    "\u202egnp.exe\u202c \u2066x\u2069 \u200ex\u200f \u061cx",
    "a\u200bb\u200cc\u200dd\u2060e\ufefff",
    "\x00\x01\x07\x08\x0b\x0c\x1b[31m\x7f\x80\x85\x9f",
    "a\u2028b\u2029c\rd\ne\r\nf\x85g",
    "\ud800 \udfff \ue000",
    "\ufff9a\ufffab\ufffb",
    "".join(chr(0xE0000 + ord(sign)) for sign in "close"),
    "e\u0301" * 30 + "\u0301" * 50,
    "👩‍👩‍👧‍👦 👍🏽 🇩🇪 ❤️",
    "漢字 かな 한글 العربية עברית ไทย",
    "",
    " ",
    "\u200b",
    "\u00a0\u3000\u2003",
]

QUICK_ACTIONS = [
    f"{before}/{name}{after}"
    for name, (before, after) in product(
        sorted({*NAMES, *SUBSTITUTIONS, *(name.upper() for name in NAMES)}),
        [
            ("", ""),
            ("", " x"),
            ("text\n", ""),
            ("text\r\n", " x"),
            ("text\n\r", "\r"),
            ("\r", "\r\n"),
            ("\n\n", "\n"),
        ],
    )
]

COMMANDS = [
    f"{before}{root}{verb}"
    for before, root, verb in product(
        ["", "\n", "text\n\n", "\r", "\u2028", "\x85"],
        ["/incident", "/inc", "@incident-bot"],
        ["", " resolve", " cancel x"],
    )
]

ALL = MARKUP + PINGS + HIDING + COMMANDS

SIGNS = "\\`*_[]<>&|~$#{}^@!%:/-+=().,;'\"? \n\r\tax19é漢\u200b\u0301\u202e"

TEXTS = st.lists(
    st.sampled_from(ALL) | st.text(SIGNS, max_size=8) | st.text(st.characters(codec=None), max_size=4), max_size=5
).map("".join)
"""Anything: pieces of the corpus, runs of the signs that mean something, and any characters at all."""
