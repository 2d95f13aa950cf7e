"""The standard itself: its table, its transitions, who may do what, and what the database promises."""
