"""Step 9: reports and follow-ups; statistics."""
