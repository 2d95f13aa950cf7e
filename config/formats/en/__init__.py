"""Dates and times in the English interface."""
