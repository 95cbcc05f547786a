"""What the settings alone tell: the operator's, and a team's own file."""

from collections.abc import Iterator

from tracker_bridge.checkup import Finding, ok, problem, warning
from tracker_bridge.settings import BadSettings, Settings, demand_secrets

_DOCS = "docs/settings.md"


def settings_findings(settings: Settings, key: str | None) -> Iterator[Finding]:
    """``key``: where the key of the receipts is set."""
    if key is None:
        what, why = (
            "there is no key for receipts",
            "whoever may edit comments could forge that a command was judged",
        )
        fix = (
            "set TRACKER_BRIDGE_KEY to what this prints: python3 -c 'import secrets; print(secrets.token_hex(24))'"
        )
        yield warning("settings", "key", what, why, fix)
    else:
        yield ok("settings", "key", f"receipts are signed; the key is in {key}")
    try:
        demand_secrets(settings)
    except BadSettings as error:
        for found in error.problems:
            why = "serve does not start without"
            yield problem("settings", "secret", str(found), why, f"set it, and write it into the webhook: {_DOCS}")
    else:
        yield ok("settings", "secret", "every tracker has a secret for its webhooks")


def own_file(about: str, path: str, flaw: str | None, *, there: bool) -> Finding:
    """Return the finding for a team's own settings; ``flaw``: what is wrong with them."""
    if flaw is None:
        return ok(
            about, "own settings", f"{path} is valid" if there else f"no {path}: the operator's settings hold"
        )
    fix = f"correct it; try it before: tracker-bridge check --repository {path}"
    return problem(about, "own settings", f"{path} is broken: {flaw}", "its last good version holds, or none", fix)
