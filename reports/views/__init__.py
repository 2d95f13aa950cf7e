"""Pages of reports and papers."""
