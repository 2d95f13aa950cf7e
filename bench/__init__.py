"""Benchmarks: fills a database like years of work and measures pages, documents and visits."""
