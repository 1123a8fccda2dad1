"""The pages: one folder per person who sits there, and the components they share."""
