"""Issued documents (naskah): types, numbers, issuing, files, signatures, verification, registers."""
