"""Where a track will appear to another sensor, and how to spend looks."""
