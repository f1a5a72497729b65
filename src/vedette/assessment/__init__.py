"""Assessment: what it is, where it came from, where it goes, and how sure. Followers turn scans into findings.

Nothing is gathered here, so that a door pays only for what it uses: `launch_follower` for radar and infrared,
`ascent_follower` for launch telemetry, `orbit_follower` and `orbit_watch` for satellites, `launch_fit` for the launch
behind a track, `arc` for what a published claim implies.
"""
