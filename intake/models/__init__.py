"""Drafts of requests, their files, and the decisions on those held for moderation."""

from .draft import DraftFile, RequestDraft
from .moderation import HeldDecision

__all__ = ["DraftFile", "HeldDecision", "RequestDraft"]
