"""Running an installation: set-up, backup, restore, move, health, metrics, practice office, demo data."""
