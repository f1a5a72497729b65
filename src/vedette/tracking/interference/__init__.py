"""Interference as sensors see it: noise, its causes, and where it comes from."""
