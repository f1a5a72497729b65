"""Remakes the figures of docs/accuracy.md: `./run accuracy`. Measures only; nothing here judges (the tests do)."""
