"""
Incident management that lives in the issue tracker.

An issue thread is a log. A reconciler reads it, folds it into an incident, renders what the thread should
show, and writes the difference. Nothing else is remembered.

domain      what is an incident? Pure: no I/O, no clock.
commands    what can people say? One file per word, or per small family of words.
templates   what does the bot say? One file per document (beside this package in the source tree).
trackers    where do issues live? The only room that talks to a forge.

web -> queue -> worker -> reconcile: when is an issue reconciled? ARCHITECTURE.md is the long form.
"""

__version__ = "0.1.0"
