"""The satisfaction survey (Survei Kepuasan Masyarakat, SKM): answers, the index, published results."""
