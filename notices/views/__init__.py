"""Views of the notices app."""
