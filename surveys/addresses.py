"""URL names of `reports` to which this app links: the documents of the survey."""

SHARED = frozenset(
    {
        "survey_form",  # an empty questionnaire
        "survey_form_of",  # the questionnaire of one case
        "survey_result_pdf",  # a published result
    }
)
