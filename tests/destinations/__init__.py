"""Destinations, against receivers that run here."""
