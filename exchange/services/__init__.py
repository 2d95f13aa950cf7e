"""Services of the exchange: systems and their tokens, requests that they send, webhooks."""
