"""Measures detection and classification on rows with known answers."""
