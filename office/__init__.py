"""The office itself: users, positions, divisions, working time, letterhead, published standard."""
