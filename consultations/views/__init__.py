"""Pages of the case: public, office, and one for each step."""
