"""Doors: the only sockets, files and wall clocks. Nothing here decides anything."""
