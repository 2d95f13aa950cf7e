"""Form fields for all apps, and the forms of step 2."""
