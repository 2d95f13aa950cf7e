"""Steps 6 and 7: availability, sessions and calendars."""
