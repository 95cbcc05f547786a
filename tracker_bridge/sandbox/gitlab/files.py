"""Files of a project's default branch, for reading: https://docs.gitlab.com/api/repository_files/"""

import hashlib

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab import http
from tracker_bridge.sandbox.world import Project, raw_file

routes = Blueprint("files", __name__)

_COMMIT = hashlib.sha1(b"the only commit", usedforsecurity=False).hexdigest()


@routes.get("/projects/<project:project>/repository/tree")
def tree(project: Project) -> Response:
    """https://docs.gitlab.com/api/repositories/#list-repository-tree; all files, without the folders."""
    if project.private:
        http.need(project, Access.TRIAGE)
    if not project.files:
        raise http.not_found("Tree")

    def entry(path: str) -> dict[str, object]:
        name = path.rpartition("/")[2]
        blob = hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
        return {"id": blob, "name": name, "type": "blob", "path": path, "mode": "100644"}

    return http.listing(sorted(project.files), entry)


@routes.get("/projects/<project:project>/repository/files/<path:path>/raw")
def raw(project: Project, path: str) -> Response:
    """Guests may not read the code of a private project. The type is the API's own, whatever the file is."""
    if "repository" in http.face().lacking:
        raise http.forbidden()
    if project.private:
        http.need(project, Access.TRIAGE)
    if (http.text("ref") or "HEAD") not in ("HEAD", "main") or not project.files:
        raise http.not_found("Commit")
    if path not in project.files:
        raise http.not_found("File")
    content = raw_file(project.files[path])
    response = Response(content, mimetype="text/plain")
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    response.headers.update(
        {
            "X-Gitlab-Blob-Id": blob,
            "X-Gitlab-Commit-Id": _COMMIT,
            "X-Gitlab-Content-Sha256": hashlib.sha256(content).hexdigest(),
            "X-Gitlab-Encoding": "base64",
            "X-Gitlab-Execute-Filemode": "false",
            "X-Gitlab-File-Name": path.rpartition("/")[2],
            "X-Gitlab-File-Path": path,
            "X-Gitlab-Last-Commit-Id": _COMMIT,
            "X-Gitlab-Ref": http.text("ref") or "HEAD",
            "X-Gitlab-Size": str(len(content)),
        }
    )
    return response
