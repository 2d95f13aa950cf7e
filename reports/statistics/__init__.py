"""Figures of the service: for the public, for each day, for the board of the waiting room."""
