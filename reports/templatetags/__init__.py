"""Template tags of statistics."""
