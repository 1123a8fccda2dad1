"""The pages of this desk, one module a subject."""
