"""Survei Kepuasan Masyarakat (SKM): answers of applicants and the index made of them."""
