"""Pages of documents: PDF files, numbers, registers, signatures."""
