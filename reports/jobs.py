"""Periodic jobs of the reports app."""

from kit import jobs
from reports.statistics.daily_figures import refresh_regularly

jobs.register(refresh_regularly)
