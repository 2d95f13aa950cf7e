"""Sources and template contexts of documents."""
