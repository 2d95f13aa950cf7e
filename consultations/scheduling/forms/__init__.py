"""Forms of steps 6 and 7."""
