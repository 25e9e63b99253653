"""Files to checked comments and surveys, with every rejected row kept beside them."""
