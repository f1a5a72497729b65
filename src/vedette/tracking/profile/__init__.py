"""Following an ascent and a coast from altitude and speed alone."""
