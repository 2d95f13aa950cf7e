"""Settings, URLs and the entry point of the web server."""
