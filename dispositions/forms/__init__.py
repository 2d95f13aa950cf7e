"""Forms of steps 3, 4, 5 and 8."""
