"""The office file: all data of an office as JSON, without passwords, secrets and uploaded files."""
