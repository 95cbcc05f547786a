"""The notebook that is kept while the tracker is down, and what becomes of it."""
