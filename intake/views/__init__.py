"""Pages by which a request comes in."""
