"""How few people or cases are too few to show."""

ENOUGH = 5
"""Fewer than this point at single people and tell nothing of the service: no figure is made of them."""
