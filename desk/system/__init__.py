"""The state of the system: what runs, what does not, and what to do (Keadaan sistem)."""
