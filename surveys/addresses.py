"""URL names of `reports` to which this app links: the documents of the survey."""

SHARED = frozenset(
    {
        "survey_form",  # the questionnaire on paper
        "survey_result_pdf",  # a published result
    }
)
