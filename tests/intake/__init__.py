"""Alerts become incidents."""
