"""Compiled arithmetic on rows: predict, look, correct; each with its plain twin."""
