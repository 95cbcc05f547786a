"""
What is an incident? Values and pure functions only.

Nothing here reads a clock, a file, a socket or the environment; time comes in as an argument. The one
library allowed is the Markdown parser, in :mod:`tracker_bridge.domain.issue.invocations`.
"""
