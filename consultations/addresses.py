"""URL names of `desk`, `intake` and `reports` that every app may use in links.

These apps declare the routes in their `urls.py`. Lower apps use none of their other URL names.
"""

SHARED = frozenset(
    {
        "home",  # the public home page
        "standard",  # the published standard
        "privacy",  # use of personal data
        "ppid",  # where requests for information go
        "request",  # the form of a consultation
        "complaint",  # the form of a complaint
        "lookup",  # finds a lost secret link
        "ask_link",  # sends it again
        "follow",  # the case page behind the secret link
        "follow_step",  # a step that the applicant takes
        "receipt",  # the applicant's receipt
        "desk",  # the desk of the staff
        "cases",  # the list of cases
        "case",  # the page of a case for the staff
        "step",  # a step that the staff takes
        "step_draft",  # saves the draft of a long form
        "next_paper",  # the paper of a case that waits for the user
        "absence",  # an absence with its collisions and stand-ins
    }
)
