"""Drafts of requests and their files."""

from .draft import DraftFile, RequestDraft

__all__ = ["DraftFile", "RequestDraft"]
