"""Faces of cxtext for other libraries."""
