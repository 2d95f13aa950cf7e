"""Electronic signatures: made, refused, read back."""
