"""`vedette catalogue fetch`: element sets from an address, when somebody asks."""

from pathlib import Path


def fetch(*addresses: str, data_dir: Path | None = None, timeout_s: float = 60.0, json: bool = False) -> int:
    """Get element sets from https addresses and keep them, as `load` keeps those of files.

    Nothing is ever fetched unasked and no address is built in. Public catalogues stand at celestrak.org, for instance
    https://celestrak.org/NORAD/elements/gp.php?GROUP=active&FORMAT=csv (ask no more often than its owners allow).

    Parameters
    ----------
    addresses
        Where to get them: TLE or OMM, as for `load`.
    data_dir
        Where the catalogue is kept.
    timeout_s
        Seconds without an answer after which to give up.
    json
        One JSON document instead of text.
    """
    import sys
    import tempfile
    from urllib.parse import urlsplit

    from vedette.core.errors import UsageError
    from vedette.doors.cli.catalogue.load import load
    from vedette.doors.download import download

    if not addresses:
        raise UsageError("`vedette catalogue fetch` needs an address; `--help` names one")
    with tempfile.TemporaryDirectory(prefix="vedette-") as folder:
        files = []
        for i, address in enumerate(addresses):
            body = download(address, timeout_s)
            parts = urlsplit(address)
            files.append(Path(folder) / f"{i}-{parts.hostname}-{Path(parts.path).name or 'elements'}")
            files[-1].write_bytes(body)
            sys.stderr.write(f"{address}: {len(body):,} bytes\n")
        return load(*files, data_dir=data_dir, json=json)
