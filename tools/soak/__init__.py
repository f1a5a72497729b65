"""Long trials that no test run has time for: `./run soak NAME [OPTIONS]`.

Each is a module of this package with `WHAT` (a line) and `run(options: list[str]) -> int`; what it found is printed as
JSON lines and is for a person to put into docs/.
"""
