"""What can go wrong, drawn as a tree.

    VedetteError
    ├── UsageError            the caller's mistake: impossible site, frame mismatch           exit 2
    ├── BadInputError         the world's mistake: a garbled message                          exit 3
    │   └── MeasurementError      a report that says something impossible
    ├── NotFoundError         no such file, scenario, sensor, object                          exit 4
    ├── UnreachableError      a service or a peer does not answer                             exit 5
    ├── RefusedError          a signature, a mode or a permission says no                     exit 6
    └── DidNotConvergeError   arithmetic that did not finish, when asked to raise             exit 1

Our own mistakes are assertions and exit with 70. A sentence says what was found, where, and the likely cure.
"""


class VedetteError(Exception):
    """Any trouble that Vedette can put in words; `exit_code` is what the command line returns."""

    exit_code = 1


class UsageError(VedetteError, ValueError):
    """The caller asked for something impossible."""

    exit_code = 2


class BadInputError(VedetteError, ValueError):
    """A feed or file says something that cannot be used; `where` names the file and line."""

    exit_code = 3

    def __init__(self, what: str, where: str = "", cure: str = "") -> None:
        self.what, self.where, self.cure = what, where, cure
        super().__init__(": ".join(part for part in (where, what) if part) + (f"; {cure}" if cure else ""))


class MeasurementError(BadInputError):
    """A report that no sensor can have measured."""


class NotFoundError(VedetteError, LookupError):
    """A file, scenario, sensor or object that is not there."""

    exit_code = 4


class UnreachableError(VedetteError, ConnectionError):
    """A service or peer that does not answer."""

    exit_code = 5


class RefusedError(VedetteError, PermissionError):
    """A signature, a mode or a permission says no."""

    exit_code = 6


class DidNotConvergeError(VedetteError, ArithmeticError):
    """Arithmetic that did not finish, for those who asked for an exception."""

    exit_code = 1
