"""Notices to staff and applicants, by e-mail and WhatsApp."""
