"""Views of the desk app."""
