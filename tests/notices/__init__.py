"""Tests of what is told to whom, and of how it is delivered."""
