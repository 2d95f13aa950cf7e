"""The records of the surveys."""
