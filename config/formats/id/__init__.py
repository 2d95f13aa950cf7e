"""Dates and times as Indonesian offices write them."""
