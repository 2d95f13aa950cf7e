"""What people come to talk over: real-life matters of social affairs and of village empowerment."""

from .complaints import COMPLAINTS
from .matter import Matter
from .social import SOCIAL
from .villages import VILLAGES

__all__ = ["COMPLAINTS", "CONSULTATIONS", "Matter"]

# Alternately, so that every division has something to do at any time.
CONSULTATIONS = tuple(
    matter
    for position in range(max(len(SOCIAL), len(VILLAGES)))
    for matter in (*SOCIAL[position : position + 1], *VILLAGES[position : position + 1])
)
