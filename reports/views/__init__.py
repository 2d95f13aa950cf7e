"""Pages of reports, follow-ups and statistics."""
