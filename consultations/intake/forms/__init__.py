"""Forms of the applicant and of the counter."""
