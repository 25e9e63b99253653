"""Faces of cxtext for other libraries: a scikit-learn transformer and a spaCy component."""
