"""The ground floor: what any Django application of an authority needs. Nothing here knows an office or a case."""
