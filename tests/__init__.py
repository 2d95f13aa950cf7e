"""The tests, which read like the standard."""
