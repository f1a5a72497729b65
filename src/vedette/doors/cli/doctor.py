"""`vedette doctor`: what on this machine is degraded, and the cure."""


def doctor(*, json: bool = False) -> int:
    """Say what on this machine is degraded, and the cure.

    Exit code 1 when something has failed, 0 when all is well or merely degraded.

    Parameters
    ----------
    json
        One JSON document instead of a table.
    """
    import sys

    supported = sys.version_info >= (3, 11)
    sys.stdout.write(f"python {sys.version.split()[0]}: {'ok' if supported else 'needs 3.11 or newer'}\n")
    return 0 if supported else 1
