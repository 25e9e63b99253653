"""Pure numeric functions on arrays: intervals, agreement, word association."""
