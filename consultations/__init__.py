"""The case and the standard. Read workflow.py first."""
