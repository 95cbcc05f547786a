"""``tracker-bridge connect github``"""

import secrets
import time
import webbrowser
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from tracker_bridge import __version__
from tracker_bridge.cli.connecting.kept import PEM, Folder, KeptError
from tracker_bridge.cli.connecting.loopback import code_of, listening
from tracker_bridge.cli.connecting.steps import finish
from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.options import EXITS
from tracker_bridge.cli.progress import Progress
from tracker_bridge.trackers.github.connecting import AppKey, Asked, ConnectError, Connecting, Installation
from tracker_bridge.trackers.github.manifest import Manifest, problems

API: Final = "https://api.github.com"
SITE: Final = "https://github.com"

sleep: Callable[[float], None] = time.sleep
EVERY: Final = 3.0
PATIENCE: Final = 600.0
WAITING: Final = "waiting for the installation"


@dataclass(frozen=True, slots=True)
class Place:
    """One GitHub: its web pages and its API."""

    site: str

    @property
    def api(self) -> str:
        return API if self.site == SITE else f"{self.site}/api/v3"


@click.command(epilog=EXITS)
@click.option("--org", metavar="NAME", default="", help="The organization that owns them. Default: you.")
@click.option("--hook-url", metavar="URL", default="", help="Where webhooks go: https://.../hooks/github.")
@click.option("--project", "projects", metavar="OWNER/NAME", multiple=True, help="Default: all.")
@click.option("--site", metavar="URL", default=SITE, show_default=True, help="A server of your own.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path(), help="Where the files go. Default: here."
)
@click.option("--paste", is_flag=True, help="No browser on this machine: paste the address that it ends at.")
@click.option("--dry-run", is_flag=True, help="Show every step, without doing any.")
def github(
    *,
    org: str,
    hook_url: str,
    projects: tuple[str, ...],
    site: str,
    folder: Path,
    paste: bool,
    dry_run: bool,
) -> None:
    """
    Make a GitHub App, install it, and create the labels.

    1. Your browser opens GitHub, which shows what the App may do; you confirm it. 2. Its credentials are kept
    here, readable by you only. 3. You install it on your repositories; who is no owner asks one. 4. Labels are
    created.

    \b
    Examples:
      tracker-bridge connect github --org acme --hook-url https://bridge.example.org/hooks/github
      tracker-bridge connect github --org acme --paste
    """
    place, kept = Place(site.rstrip("/")), Folder(folder)
    if dry_run:
        _show(place, Manifest(org, "0000", hook_url, "http://127.0.0.1/created"), kept)
        return
    try:
        with closing(Connecting(place.api, f"tracker-bridge/{__version__}")) as ask:
            key, address = _app(ask, place, kept, org, hook_url, paste=paste)
            found = _installed(ask, key, address, org)
            served = list(projects) or [name for one in found for name in ask.repositories(key, one.id)]
    except (ConnectError, KeptError) as error:
        raise Failed(f"{error}.") from None
    if not served:
        raise Failed("The App is installed, and sees no repository: choose some on its page, and run this again.")
    kept.set_table("github", {"projects": served})
    click.echo(f"✓ {len(served)} {'repository' if len(served) == 1 else 'repositories'}: {', '.join(served[:5])}")
    finish(kept, [f"github:{project}" for project in served], hook_url)


def _show(place: Place, manifest: Manifest, kept: Folder) -> None:
    """Tell what would be done."""
    _demand(manifest)
    content = manifest.content
    click.echo(f"1. Open {manifest.action(place.site, '...')} with the App {content['name']}:")
    click.echo(
        "   permissions: "
        + ", ".join(f"{name}: {level}" for name, level in content["default_permissions"].items())
    )
    click.echo(f"   webhooks to: {manifest.hook or 'nowhere; the bridge asks every few minutes'}")
    click.echo(f"2. Keep its credentials in {kept.pem} and {kept.settings}, readable by you only.")
    click.echo("3. Open the page where it is installed, and wait until it is.")
    click.echo("4. Create the labels, and check everything: tracker-bridge labels, tracker-bridge doctor.")


def _demand(manifest: Manifest) -> None:
    if wrong := list(problems(manifest)):
        raise click.UsageError("; ".join(wrong) + ".")


def _app(
    ask: Connecting, place: Place, kept: Folder, org: str, hook_url: str, *, paste: bool
) -> tuple[AppKey, str]:
    """Return the App that is kept here, or make one. Returns as well where it is installed."""
    table = kept.table("github")
    if "app_id" in table and kept.pem.exists():
        click.echo(f"✓ The App {table['app_id']} is there already ({kept.settings}).")
        slug = table.get("app_slug", "")
        return AppKey(int(table["app_id"]), kept.pem.read_text()), f"{place.site}/apps/{slug}" if slug else ""
    with listening() as loopback:
        manifest = Manifest(org, secrets.token_hex(2), hook_url, loopback.back)
        _demand(manifest)
        loopback.show("GitHub", manifest.action(place.site, loopback.state), manifest.content)
        click.echo(f"1. Confirm the App on GitHub: {loopback.address}")
        if paste:
            click.echo("   On your own machine: ssh -L the port above, or open the page anywhere that reaches it.")
            typed = click.prompt("   Paste the address that the browser ends at")
            code, good = code_of(typed, loopback.state)
            if not good:
                raise Failed("That is not the address: it ends in ...created?code=...&state=...")
        else:
            webbrowser.open(loopback.address)
            with Progress() as progress:
                progress("waiting for the browser")
                code = loopback.code()
    if not code:
        raise Failed("Nobody came back from GitHub within ten minutes. Run this again.")
    made = ask.made(code)
    kept.secret(PEM, made.pem.get_secret_value())
    values: dict[str, object] = {"app_id": made.id, "private_key": str(kept.pem)}
    if place.site != SITE:
        values["url"] = place.api
    if made.webhook_secret is not None:
        values["webhook_secrets"] = [made.webhook_secret.get_secret_value()]
    kept.set_table("github", values)
    click.echo(f"✓ The App {made.slug} is there. Its credentials: {kept.pem}, {kept.settings}")
    return AppKey(made.id, made.pem.get_secret_value()), made.html_url


def _installed(ask: Connecting, key: AppKey, address: str, org: str) -> list[Installation]:
    """Wait until it is installed; say who has to agree."""
    page = f"{address}/installations/new" if address else "its page on GitHub"
    end, said = time.monotonic() + PATIENCE, ""
    with Progress() as progress:
        while time.monotonic() < end:
            if working := _working(ask.installations(key), org):
                progress.keep("✓ Installed on " + ", ".join(one.account.login for one in working) + ".")
                return working
            if not said:
                progress.keep(f"2. Install the App on your repositories: {page}")
                if address:
                    webbrowser.open(page)
            now = _waiting_for(ask.asked(key))
            if now not in (said, WAITING):
                progress.keep(f"   {now}.")
            said = now
            progress(said)
            sleep(EVERY)
    raise Failed(f"The App is not installed yet. Install it ({page}), and run this again.")


def _working(found: list[Installation], org: str) -> list[Installation]:
    """Return the installations that count. Raises ``Failed`` where they are all suspended."""
    wanted = [one for one in found if not org or one.account.login.casefold() == org.casefold()]
    working = [one for one in wanted if one.suspended_at is None]
    if wanted and not working:
        raise Failed(f"The App is suspended on {wanted[0].account.login}: an owner can unsuspend it on GitHub.")
    return working


def _waiting_for(asked: list[Asked]) -> str:
    if not asked:
        return WAITING
    by, owner = asked[0].requester.login, asked[0].account.login
    return f"{by} asked for it; an owner of {owner} has to agree"
