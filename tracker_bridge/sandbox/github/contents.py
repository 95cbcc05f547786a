"""Files of a repository's default branch, for reading. https://docs.github.com/rest/repos/contents"""

import hashlib
from base64 import encodebytes
from urllib.parse import quote

from flask import Blueprint, Response

from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.face import ApiError, answer, face, permitted, project, site
from tracker_bridge.sandbox.world import Project, raw_file

routes = Blueprint("contents", __name__)

_LARGE = 1_000_000
"""Bytes; the content of a larger file is left out."""


@routes.get("/contents/<path:path>")
def get_content(path: str) -> Response:
    """A file, or the list of a folder. A token without the permission is refused, on private repositories only."""
    if "contents" in face().lacking:
        raise ApiError(403, "Resource not accessible by personal access token")
    permitted("contents")
    files = project().files
    if path in files:
        raw = raw_file(files[path])
        content = encodebytes(raw).decode() if len(raw) <= _LARGE else ""
        encoding = "base64" if len(raw) <= _LARGE else "none"
        return answer(_entry(path, "file", raw) | {"content": content, "encoding": encoding})
    within = sorted(name for name in files if name.startswith(f"{path}/"))
    if not within:
        raise ApiError(404, "Not Found")
    names = dict.fromkeys(name.removeprefix(f"{path}/").partition("/")[0] for name in within)
    return answer([_listed(f"{path}/{name}") for name in names])


def tree(of: Project, path: str) -> shapes.Json | None:
    """Return what GraphQL tells of a folder: its version, which is another when a file in it is."""
    within = sorted((name, raw_file(text)) for name, text in of.files.items() if name.startswith(f"{path}/"))
    if not within:
        return None
    oid = hashlib.sha1(repr(within).encode(), usedforsecurity=False).hexdigest()
    return {"__typename": "GitObject", "oid": oid}


def _listed(path: str) -> shapes.Json:
    text = project().files.get(path)
    return _entry(path, "dir", b"") if text is None else _entry(path, "file", raw_file(text))


def _entry(path: str, kind: str, raw: bytes) -> shapes.Json:
    sha = hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
    url = f"{shapes.repository_url(site(), project())}/contents/{quote(path)}?ref=main"
    git_url = f"{shapes.repository_url(site(), project())}/git/blobs/{sha}"
    page = f"{site()}/{project().path}/blob/main/{quote(path)}"
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "size": len(raw),
        "url": url,
        "html_url": page,
        "git_url": git_url,
        "download_url": f"{site()}/{project().path}/raw/main/{quote(path)}" if kind == "file" else None,
        "type": kind,
        "_links": {"self": url, "git": git_url, "html": page},
    }
