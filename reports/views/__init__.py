"""Pages of reports, documents, follow-ups, registers and statistics."""
