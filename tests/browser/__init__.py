"""What only a real browser can show: journeys, with and without JavaScript, and accessibility."""
