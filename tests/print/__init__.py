"""Papers: their HTML, real PDFs read back, freezing, and who may have which."""
