"""The sweep, on a real queue, with forges whose listings are functions of the test."""
