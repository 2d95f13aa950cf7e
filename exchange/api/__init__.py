"""The API for other systems: /api/v1/, with django-ninja. Each router is one subject."""
