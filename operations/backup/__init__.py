"""Backup, verification and restore of the database and the files as one folder (docs/backup.md)."""
