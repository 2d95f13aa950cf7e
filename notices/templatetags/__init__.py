"""What the office's pages show of the notices."""
