"""The sandbox, tried over HTTP."""
