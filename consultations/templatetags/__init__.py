"""Template filters of the consultations app."""
