"""What each paper shows: read from the record it is made of, kind by kind."""
