"""The documentation as a site: every link leads somewhere, and no page asks another host for anything."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conformance.report import Report

DOCS = Path(__file__).parents[2] / "docs"
_ASKED = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=["'](?P<url>(?:https?:)?//[^"']+)""")


def check(report: Report) -> None:
    with tempfile.TemporaryDirectory() as folder:
        builder = Path(sys.executable).with_name("sphinx-build")
        command = [str(builder), "--quiet", "--fail-on-warning", "--keep-going", str(DOCS), folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            report.bad(done.stdout + done.stderr)
            return
        pages = sorted(Path(folder).rglob("*.html"))
        for page in pages:
            asked = _ASKED.findall(page.read_text("utf-8"))
            if asked:
                report.bad(f"{page.name} asks {', '.join(asked)}")
            else:
                report.good()
    report.say(f"  {len(pages)} pages")
