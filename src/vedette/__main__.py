"""`python -m vedette` is `vedette`."""

import sys

from vedette.doors.cli import main

if __name__ == "__main__":
    sys.exit(main())
