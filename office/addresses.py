"""URL names of `setup` that this app links to."""

SHARED = frozenset(
    {
        "invitations",  # people without a password, to be invited
        "setup",  # the set-up of the office
        "staff_import",  # people from a spreadsheet
    }
)
