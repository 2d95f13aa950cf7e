"""Backup, verification and restore of the database and the files as one set (docs/backup.md)."""
