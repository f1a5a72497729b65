"""Crowded skies: one Gaussian or a few leaves to a track, compiled from the look to the picture."""
