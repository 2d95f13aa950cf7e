"""Pages of the public form, the counter, moderation and the case lookup."""
