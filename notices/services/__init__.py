"""Writes of the notices app."""
