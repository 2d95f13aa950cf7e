"""Fills an empty installation with sample cases of an invented office."""
