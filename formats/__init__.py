"""Dates and numbers as they are written in Kazakhstan, one module per language (settings.FORMAT_MODULE_PATH)."""
