"""What is made sure of before the first request."""


class CannotStart(Exception):
    """Why the process ends before it has begun, and what to do."""
