"""The composition and the production server, as real processes."""
