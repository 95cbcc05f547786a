"""
Keeps other people's pages out: names of this machine only, forms from these pages only, no foreign content.

A page anywhere on the web can make a browser send requests to loopback, and can give its own name a loopback
address (DNS rebinding). Both are told by headers that scripts cannot set.
"""

from urllib.parse import urlsplit

from flask import Response, abort, request

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def refuse_strangers() -> None:
    """Answer 403 to other host names, and to forms that were not on a page of ours."""
    # Flask's limit is below the longest comment; whoever gets here may fill this machine's memory anyway.
    request.max_form_memory_size = None
    if urlsplit(f"//{request.host}").hostname not in LOOPBACK:
        abort(403, "The sandbox answers on this machine only. Open it as http://127.0.0.1, with its port.")
    if request.method == "POST" and not _is_from_anywhere() and not _from_our_page():
        abort(403, "This form was not sent from a page of the sandbox.")


def add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if _is_from_anywhere():  # and whoever sent the form is gone back to
        response.headers["Content-Security-Policy"] = HEADERS["Content-Security-Policy"].replace(
            "form-action 'self'", "form-action 'self' http://127.0.0.1:* http://localhost:*"
        )
    return response


def _is_from_anywhere() -> bool:
    """Tell the page that takes an App's manifest: programs on this machine send people there with a form."""
    return request.path.endswith("/settings/apps/new") and request.form.get("do") != "create"


def _from_our_page() -> bool:
    """
    Tell by ``Sec-Fetch-Site``, else by ``Origin``; what sends neither is no browser.

    Pages that send no referrer, like ours, send the origin ``null`` with their forms: that alone proves nothing.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") in {None, request.host_url.rstrip("/")}
