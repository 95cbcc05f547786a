"""What a forge's answer tells of a budget: how much may still be asked, and until when."""

from collections.abc import Mapping

from tracker_bridge.events import Budget


def budget(headers: Mapping[str, str], prefix: str = "") -> Budget | None:
    """
    Return what the headers tell of a budget; ``None`` where they do not. ``prefix`` begins their names.

    A GitLab has one for its API, and tells of it only where it limits.
    """
    left, reset = (headers.get(f"{prefix}ratelimit-{name}", "") for name in ("remaining", "reset"))
    if not left.isdecimal() or not reset.isdecimal():
        return None
    return Budget(headers.get(f"{prefix}ratelimit-resource", "rest"), int(left), float(reset))
