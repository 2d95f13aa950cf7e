"""Step 9: the written report to the head, and everything the office issues on paper."""
