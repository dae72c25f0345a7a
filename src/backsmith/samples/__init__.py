"""Rows that a design allows, and what its expressions are worth for them: where tests have their expectations from."""
