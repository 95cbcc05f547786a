"""A signed ``issue_comment`` as GitHub sends it, of about 14 kB."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Final

SECRET: Final = "a webhook secret of the benchmark"
PROJECT: Final = "acme/api"

_SIZE: Final = 14_000
_WRITTEN: Final = json.loads((Path(__file__).parents[1] / "cli/jobs/issue_comment.created.json").read_text())
_TEXT: Final = "Half of all payments have been failing since 14:05, in the region eu-west only. "


def signed(number: int, project: str = PROJECT, secret: str = SECRET) -> tuple[bytes, str]:
    """Return the body, of a comment on the issue of that number, and its signature."""
    repository = _WRITTEN["repository"] | {"full_name": project, "id": 1 if project == PROJECT else 2}
    issue = _WRITTEN["issue"] | {"number": number}
    told = _WRITTEN | {"repository": repository, "issue": issue, "installation": {"id": 7, "node_id": "NODE_7"}}
    rest = _SIZE - len(json.dumps(told, separators=(",", ":")))
    comment = _WRITTEN["comment"] | {"id": number, "body": _TEXT * (rest // len(_TEXT))}
    body = json.dumps(told | {"comment": comment}, separators=(",", ":")).encode()
    return body, f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
