"""Frames to groups and to rows of schema.columns.METRICS: what all stages that measure share."""
