"""
The bridge as a WSGI application, for other servers than ``tracker-bridge serve``.

It runs the worker and the sweep too, so there must be one process that loads it itself, with several threads:
``gunicorn --workers 1 --threads 8 app:app``.

The issues under way are finished when the process ends in an orderly way, as gunicorn does at SIGTERM. Where a
server does not, a look is cut off, and repeated at the next start. A server whose threads wait for bodies, as
gunicorn's do, needs a proxy in front that passes requests on only when they are whole; ``tracker-bridge serve``
does not.
"""

from tracker_bridge.serving.running import application
from tracker_bridge.settings import load

app = application(load())
