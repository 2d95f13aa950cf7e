"""Views about personal data: the public notice, the applicant's own data, retention."""
