"""Tests, grouped as the rooms are; ``contract`` runs on every tracker."""
