"""Forms of the report: its sections and items, writing and review."""
