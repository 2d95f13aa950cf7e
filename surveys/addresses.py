"""Names of the addresses that this app links to and that `reports` declares: the survey's documents."""

SHARED = frozenset(
    {
        "survey_form",  # an empty questionnaire
        "survey_form_of",  # the questionnaire of one case
        "survey_paper",  # a published result
    }
)
