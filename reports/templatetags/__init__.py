"""Template tags of documents, reports and statistics."""
