"""The loop of the worker, on a real queue; what it looks with is a function of the test."""
