"""Step 9: reports and follow-ups; documents as PDF, signatures, registers and statistics."""
