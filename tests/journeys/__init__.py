"""The whole standard walked through the pages, one browser for each person."""
