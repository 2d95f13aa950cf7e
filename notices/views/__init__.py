"""The pages of the notices app."""
