"""Services of the exchange: systems and their tokens, webhooks."""
