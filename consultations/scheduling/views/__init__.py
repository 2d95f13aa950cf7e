"""The calendar and its iCalendar files."""
