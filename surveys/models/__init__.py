"""Models of the surveys."""

from .answer import Answer
from .publication import Publication

__all__ = ["Answer", "Publication"]
