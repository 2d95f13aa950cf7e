"""The records of the notices."""
