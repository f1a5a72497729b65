"""Re-entries: when an object comes down, along which ground track, and whether a fall was natural."""
