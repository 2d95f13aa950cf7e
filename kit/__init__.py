"""The ground floor: what any Django application of an authority needs. It knows no office and no case."""
