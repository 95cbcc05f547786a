"""
The bridge as a WSGI application, for other servers than ``tracker-bridge serve``.

It runs the worker and the sweep too, so there must be one process that loads it itself, with several threads:
``gunicorn --workers 1 --threads 8 app:app``, or ``waitress-serve app:app``.
"""

from tracker_bridge.serving import application
from tracker_bridge.settings import load

app = application(load())
