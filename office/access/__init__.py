"""Access: accounts, second factor, sessions, invitations, and changes of access that two people make."""
