"""The styleguide: every component of the site once, in every state."""
