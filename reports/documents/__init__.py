"""Documents: types, numbers, issuing, files, signatures, verification, registers."""
