"""Measured results to HTML, XLSX, Markdown and JSON. Computes nothing."""
