"""Views of attachments and hidden identities."""
