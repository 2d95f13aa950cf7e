"""The office itself: users, positions, divisions, working time, letterhead, the published standard."""
