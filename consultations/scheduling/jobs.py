"""Periodic jobs of the scheduling app."""

from consultations.scheduling.pace import store_pace
from kit import jobs

jobs.register(store_pace)
