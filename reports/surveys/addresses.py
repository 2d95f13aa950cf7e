"""URL names of `reports` that this app links to: the documents of the survey."""

SHARED = frozenset(
    {
        "survey_form",  # the questionnaire on paper
        "survey_result_pdf",  # a published result
    }
)
