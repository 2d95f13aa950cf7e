"""The registers of the office."""
