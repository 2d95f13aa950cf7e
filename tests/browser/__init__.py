"""Tests that need a real browser: journeys, with and without JavaScript, and accessibility."""
