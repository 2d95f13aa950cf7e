"""Trust: tamper evidence and personal data."""
