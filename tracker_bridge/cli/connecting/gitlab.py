"""``tracker-bridge connect gitlab``"""

import base64
import os
import secrets
from contextlib import closing
from pathlib import Path

import click
from pydantic import SecretStr

from tracker_bridge import __version__
from tracker_bridge.cli.connecting.kept import Folder, KeptError
from tracker_bridge.cli.connecting.steps import finish
from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.options import EXITS
from tracker_bridge.trackers.gitlab.connecting import ConnectError, Connecting

SITE = "https://gitlab.com"


@click.command(epilog=EXITS)
@click.option("--project", "projects", metavar="GROUP/NAME", multiple=True, help="A project.")
@click.option("--group", metavar="NAME", default="", help="Every project of a group, and of the groups below it.")
@click.option("--hook-url", metavar="URL", default="", help="Where webhooks go: https://.../hooks/gitlab.")
@click.option("--site", metavar="URL", default=SITE, show_default=True, help="Address of the server.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="For the files.")
@click.option("--plain-token", is_flag=True, help="For servers before 19.0, which cannot sign webhooks.")
@click.option("--dry-run", is_flag=True, help="Show every step, without doing any.")
def gitlab(
    *,
    projects: tuple[str, ...],
    group: str,
    hook_url: str,
    site: str,
    folder: Path,
    plain_token: bool,
    dry_run: bool,
) -> None:
    """
    Add the webhooks of GitLab projects, and create the labels.

    Needs the token of the bot's account, with the scope api and the role Maintainer, in GITLAB_TOKEN or typed
    when it is asked for. A hook for each project: those of groups are not in every plan.

    \b
    Examples:
      tracker-bridge connect gitlab --project acme/shop --hook-url https://bridge.example.org/hooks/gitlab
      tracker-bridge connect gitlab --group acme --hook-url https://bridge.example.org/hooks/gitlab
    """
    if not projects and not group:
        raise click.UsageError("name projects with --project, or a group with --group.")
    kept = Folder(folder)
    try:
        token = _token(kept)
        with closing(Connecting(site, token, f"tracker-bridge/{__version__}")) as ask:
            served = list(dict.fromkeys([*projects, *(ask.projects(group) if group else ())]))
            if not served:
                raise Failed(f"The group {group} has no projects that this token sees.")
            if dry_run:
                _show(served, hook_url, kept)
                return
            secret = _keep(kept, site, token, served, plain=plain_token)
            for project in served if hook_url else ():
                _hook(ask, project, hook_url, secret)
    except (ConnectError, KeptError) as error:
        raise Failed(f"{error}.") from None
    finish(kept, [f"gitlab:{project}" for project in served], hook_url)


def _token(kept: Folder) -> SecretStr:
    known = kept.table("gitlab").get("token")
    if isinstance(known, str):
        return SecretStr(known)
    return SecretStr(os.environ.get("GITLAB_TOKEN") or str(click.prompt("The bot's token", hide_input=True)))


def _show(served: list[str], hook_url: str, kept: Folder) -> None:
    click.echo(f"1. Keep the token and a secret for the webhooks in {kept.settings}, readable by you only.")
    for project in served:
        click.echo(f"2. {project}: a webhook to {hook_url}" if hook_url else f"2. {project}: no webhook")
    click.echo("3. Create the labels, and check everything: tracker-bridge labels, tracker-bridge doctor.")


def _keep(kept: Folder, site: str, token: SecretStr, served: list[str], *, plain: bool) -> dict[str, SecretStr]:
    """Keep what is needed; return what signs the webhooks, as GitLab calls it."""
    known = kept.table("gitlab")
    setting, name = ("webhook_tokens", "token") if plain else ("signing_tokens", "signing_token")
    drawn = secrets.token_hex(32) if plain else f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    values: dict[str, object] = {"token": token.get_secret_value(), "projects": served, setting: [drawn]}
    if site.rstrip("/") != SITE:
        values["url"] = site.rstrip("/")
    kept.set_table("gitlab", values)
    secret = known.get(setting) or [drawn]
    return {name: SecretStr(str(secret[0]))}


def _hook(ask: Connecting, project: str, url: str, secret: dict[str, SecretStr]) -> None:
    known = ask.hook(project, url)
    if known is not None and known.whole:
        click.echo(f"✓ {project}: the webhook is there.")
        return
    hook = ask.put_hook(project, url, known, secret)
    said = "added" if known is None else "mended"
    try:
        ask.test(project, hook)
    except ConnectError as error:
        click.echo(f"✓ {project}: webhook {said}. Its test did not arrive yet: {error}.")
    else:
        click.echo(f"✓ {project}: webhook {said}, and a test delivery arrived.")
