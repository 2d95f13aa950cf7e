"""URL names of `setup` that this app links to."""

SHARED = frozenset(
    {
        "invitations",  # people without a password, to be invited
        "setup",  # the set-up of the office
        "setup_staff",  # people from a spreadsheet
    }
)
