"""Orbit determination: first orbits, what each kind of measurement should read, batch and sequential estimation."""
