"""Fills an empty installation with an office at work, for trying Rembuk out."""
