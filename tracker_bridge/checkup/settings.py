"""What the settings alone tell: the operator's, and a team's own file."""

from collections.abc import Iterator

from tracker_bridge.checkup import CheckResult, note, ok, problem, warning
from tracker_bridge.domain.incident.review_layout import faults, layout_of
from tracker_bridge.settings import BadSettings, Settings, demand_secrets

_DOCS = "docs/settings.md"


def settings_findings(settings: Settings) -> Iterator[CheckResult]:
    try:
        demand_secrets(settings)
    except BadSettings as error:
        for found in error.problems:
            why = "serve does not start without it"
            yield problem("settings", "secret", str(found), why, f"set it, and enter it in the webhook: {_DOCS}")
    else:
        yield ok("settings", "secret", "every tracker has a webhook secret")


def key_finding(given: str | None, kept: bytes | None, path: str, trouble: str, *, private: bool) -> CheckResult:
    """
    Return what there is to say of the key of the receipts.

    ``given``: where it is set, and ``kept``: the one that the queue keeps in the file ``path``, which is
    ``private`` when its owner alone may read it; ``trouble``: why it cannot be read.
    """
    if trouble and not given:
        why = "serve does not start, and other commands write nothing"
        return problem(
            "settings", "key", trouble, why, f"make the user of serve own {path}, or run this as that user"
        )
    if kept and not private:
        what, why = f"other users can read the key in {path}", "anyone who has it can forge receipts"
        return warning("settings", "key", what, why, f"chmod 600 {path}")
    if given:
        return ok("settings", "key", f"receipts are signed; the key is in {given}")
    if kept:
        return ok("settings", "key", f"receipts are signed; the key is kept in {path}")
    what, why = (
        "there is no signing key yet",
        "serve creates one at its first start; other commands need the same one",
    )
    fix = f"start serve, which keeps it in {path}; elsewhere, set TRACKER_BRIDGE_SIGNING_KEY to the same key"
    return note("settings", "key", what, why, fix)


def shared_key_finding(given: str | None, kept: bytes | None, place: str, trouble: str) -> CheckResult:
    """Return the same where hosts share a queue, which keeps the key in ``place``."""
    if given:
        return ok("settings", "key", f"receipts are signed; the key is in {given}")
    what = trouble or (f"the key is kept in {place} only" if kept else "there is no signing key yet")
    why = "serve and work do not start while it cannot be read, and an empty database would get another one"
    return warning("settings", "key", what, why, "set signing_key to the same value on every host")


def queue_finding(place: str, version: str, trouble: str) -> CheckResult:
    """Return what there is to say of the database of a queue: its ``version``, or why it does not answer."""
    if trouble:
        why = "deliveries are kept in memory meanwhile, and nothing is processed"
        return problem("settings", "queue", trouble, why, "check the setting queue, and that the database runs")
    return ok("settings", "queue", f"the queue is PostgreSQL {version} at {place}")


def own_file(about: str, path: str, flaw: str | None, *, there: bool) -> CheckResult:
    """Return the finding for a team's own settings; ``flaw``: what is wrong with them."""
    if flaw is None:
        return ok(
            about, "own settings", f"{path} is valid" if there else f"no {path}: the operator's settings apply"
        )
    fix = f"correct it, and validate it first: tracker-bridge check --repository {path}"
    return problem(
        about, "own settings", f"{path} is broken: {flaw}", "its last good version applies, or none", fix
    )


def review_template(about: str, path: str, text: str | None, unread: str = "") -> Iterator[CheckResult]:
    """Yield the finding for a team's template of reviews; nothing without one. ``unread``: why it is not read."""
    wrong = [("the file", unread)] if unread else faults(text or "")
    if wrong:
        what = "; ".join(f"{where}: {flaw}" for where, flaw in wrong)
        why = "reviews use its last good version, or the default"
        fix = "correct it: docs/review.md lists the places that it can have"
        yield problem(about, "review template", f"{path} is broken: {what}", why, fix)
    elif text is not None and not text.strip():
        yield warning(about, "review template", f"{path} is empty", "reviews use the default", "fill or delete it")
    elif text is not None:
        places = [piece.name for piece in layout_of(text) if piece.name]
        yield ok(about, "review template", f"{path} is valid; it has {', '.join(places)}")
