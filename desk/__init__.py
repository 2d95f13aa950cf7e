"""Pages that join all apps: desk, case, applicant's case, lists, steps, home."""
