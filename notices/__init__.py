"""What is told to whom: staff and applicants, by e-mail and WhatsApp."""
