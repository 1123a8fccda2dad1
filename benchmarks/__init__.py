"""Scripts that measure; nothing in the tests depends on a time."""
