"""
What the bridge costs: counts of requests, and times as ratios inside one run.

``python -m tests.benchmarks [name ...]`` prints them. ``test_counts.py`` holds the counts, which are the same
on every machine; the times are for reading only.
"""
