"""Columns, types, protocols and settings: the vocabulary every other module shares."""
