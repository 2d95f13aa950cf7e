"""Step 1: how a request comes in: public form, drafts, uploads, moderation, counter."""
