"""Functions that the first migrations name. The model is in `documents`."""

from documents.models.document import document_path, original_path

__all__ = ["document_path", "original_path"]
