"""`vedette catalogue`: what is known to be up there. One file an action; a family's lines are in `commands.py`."""
