"""Groups of comments and respondents to figures with n and an interval."""
