"""
Takes a picture of a page with Chromium: ``python -m tests.pictures URL OUT.png [--width 390] [--dark] ...``.

Speaks the DevTools protocol over a pipe, since a headless window cannot be as narrow as a telephone and a
colour scheme cannot be chosen on the command line. https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
PATIENCE = 60.0
"""Seconds for one answer of the browser."""


class NoPicture(click.ClickException):
    """The picture could not be taken; the message says why."""


def find_chromium() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Tab:
    """An empty page in a browser of its own. ``browser`` gives one."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = to_browser, from_browser
        self._received = b""
        self._calls = self._loads = 0
        self._session: str | None = None
        self._context: str | None = None
        self.anew()

    def anew(self) -> None:
        """Be an empty page again, with nothing of what was stored or set before."""
        self._session = None
        if self._context:
            self.call("Target.disposeBrowserContext", browserContextId=self._context)
        self._context = self.call("Target.createBrowserContext")["browserContextId"]
        page = self.call("Target.createTarget", url="about:blank", browserContextId=self._context)["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        self.call("Page.enable")

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._calls += 1
        message: dict[str, object] = {"id": self._calls, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        answer = self._next(lambda told: told.get("id") == self._calls)
        if "error" in answer:
            raise NoPicture(f"Chromium refuses {method}: {answer['error']['message']}")
        return dict(answer["result"])

    def open(self, url: str) -> None:
        """Go there and wait until everything is loaded."""
        self._loads = 0
        failure = self.call("Page.navigate", url=url).get("errorText")
        if failure:
            raise NoPicture(f"{url} cannot be opened: {failure}. Is the server running?")
        self._loaded()

    def follow(self, script: str) -> None:
        """Evaluate JavaScript that leaves the page, such as a click, and wait until the next one is loaded."""
        self._loads = 0
        self.run(script)
        self._loaded()

    def _loaded(self) -> None:
        if not self._loads:
            self._next(lambda told: told.get("method") == "Page.loadEventFired")
        self.run("document.fonts.ready.then(() => true)")

    def run(self, script: str) -> Any:
        """Evaluate JavaScript in the page; promises are waited for. Returns the JSON value."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise NoPicture(f"the page's script failed: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def look(self, *, width: int, dark: bool, scale: float = 1) -> None:
        """Be a screen of ``width`` CSS pixels; below 600 a telephone."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=844 if width < 600 else 800,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self, selector: str | None = None, margin: float = 0) -> bytes:
        """The whole page as PNG, or the first element that ``selector`` finds; ``margin`` is in CSS pixels."""
        if selector is None:
            clip = dict(self.call("Page.getLayoutMetrics")["cssContentSize"])
        else:
            found = self.run(
                f"(() => {{ const found = document.querySelector({json.dumps(selector)})?.getBoundingClientRect();"
                "return found && [found.x + scrollX, found.y + scrollY, found.width, found.height] })()"
            )
            if not found:
                raise NoPicture(f"nothing on the page matches {selector}")
            x, y, width, height = found
            clip = {"x": x - margin, "y": y - margin, "width": width + 2 * margin, "height": height + 2 * margin}
        shot = self.call("Page.captureScreenshot", clip=clip | {"scale": 1}, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def _next(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read messages until one is wanted; the others are dropped."""
        deadline = time.monotonic() + PATIENCE
        while True:
            while b"\0" not in self._received:
                ready, _, _ = select.select([self._from], [], [], max(0.0, deadline - time.monotonic()))
                part = os.read(self._from, 1 << 20) if ready else b""
                if not part:
                    raise NoPicture("Chromium does not answer.")
                self._received += part
            message, _, self._received = self._received.partition(b"\0")
            told = json.loads(message)
            self._loads += told.get("method") == "Page.loadEventFired"
            if wanted(told):
                return dict(told)


@contextlib.contextmanager
def browser() -> Iterator[Tab]:
    """Start a Chromium with a profile of its own, and end it afterwards."""
    chromium = find_chromium()
    if chromium is None:
        raise NoPicture(f"No Chromium on the PATH (looked for {', '.join(NAMES)}). Install one of them.")
    pipes = [*os.pipe(), *os.pipe()]
    # Above 9, so that putting two of them on 3 and 4, as Chromium wants it, cannot overwrite the other.
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in pipes]
    for end in pipes:
        os.close(end)
    its_in, our_out, our_in, its_out = ends
    with tempfile.TemporaryDirectory(prefix="pictures-", ignore_cleanup_errors=True) as profile:
        actions = [
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, its_in, 3),
            (os.POSIX_SPAWN_DUP2, its_out, 4),
        ]
        command = [chromium, *FLAGS, f"--user-data-dir={profile}"]
        child = os.posix_spawn(chromium, command, os.environ, file_actions=actions, setpgroup=0)
        os.close(its_in)
        os.close(its_out)
        try:
            yield Tab(our_out, our_in)
        finally:
            os.close(our_out)
            os.close(our_in)
            # Its own group: the zygotes and renderers end with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)


@click.command()
@click.argument("url")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--width", default=1100, show_default=True, help="CSS pixels; 390 is a telephone.")
@click.option("--dark", is_flag=True, help="The dark colours.")
@click.option("--scale", default=1.0, show_default=True, help="Pixels of the picture per CSS pixel.")
@click.option("--selector", help="Only this element of the page (CSS).")
@click.option("--margin", default=0.0, show_default=True, help="CSS pixels around the element.")
def main(
    *, url: str, out: Path, width: int, dark: bool, scale: float, selector: str | None, margin: float
) -> None:
    """Take a picture of the page at URL and write it to OUT, a PNG."""
    with browser() as tab:
        tab.look(width=width, dark=dark, scale=scale)
        tab.open(url)
        out.write_bytes(tab.picture(selector, margin))


if __name__ == "__main__":
    main()
