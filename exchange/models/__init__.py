"""Models of the exchange with other systems."""

from exchange.models.submission import SubmittedCase as SubmittedCase
from exchange.models.system import Scope as Scope
from exchange.models.system import System as System
from exchange.models.webhook import Webhook as Webhook
from exchange.models.webhook import WebhookEvent as WebhookEvent
