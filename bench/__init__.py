"""Reproducible measurements: fills a database as years of work would, and measures the pages on it."""
