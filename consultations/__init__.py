"""The case and the standard: from the request to the consultation. Read workflow.py first."""
