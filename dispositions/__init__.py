"""Steps 3, 4, 5 and 8: disposition, assignment, preparation with opinions of agencies, urgent walk-in."""
