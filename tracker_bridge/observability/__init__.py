"""
Who listens to the events that the bridge tells of (events.py).

health.py      how each tracker and project is doing
complaints.py  what to complain about
screen.py      that, in one screen
metrics.py     numbers for Prometheus, and
numbers.py     those that are made when it asks; only these two know its library
"""
