"""Topics of the demo: social affairs and village empowerment."""

from .complaints import COMPLAINTS
from .social import SOCIAL
from .topic import Topic
from .villages import VILLAGES

__all__ = ["COMPLAINTS", "CONSULTATIONS", "Topic"]

# Alternate, so that every division has cases at any time.
CONSULTATIONS = tuple(
    topic
    for position in range(max(len(SOCIAL), len(VILLAGES)))
    for topic in (*SOCIAL[position : position + 1], *VILLAGES[position : position + 1])
)
