"""Makes the models that cxtext ships, or adapts them to new data."""
