"""The ground floor: what any Django application of an authority needs."""
