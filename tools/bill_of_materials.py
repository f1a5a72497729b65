"""What the wheel is made of and stands on, as CycloneDX 1.6: names, versions and hashes out of the lock files.

The Python packages are those of `requirements/run.lock`, the console's those of `package-lock.json` that end up in the
page. Two builds of one commit give the same document: its serial number is drawn from what it says.
"""

import base64
import hashlib
import json
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(?:;\s*(.*?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill_text(root: Path, wheel: Path, epoch: int) -> str:
    """The document as text."""
    name, version = wheel.name.split("-")[:2]
    own = f"pkg:pypi/{name}@{version}"
    parts = [*python_parts(root / "requirements/run.lock"), *console_parts(root / "console/package-lock.json")]
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application", "bom-ref": own, "name": name, "version": version, "purl": own,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}],
            },
        },
        "components": parts,
        "dependencies": [{"ref": own, "dependsOn": [part["bom-ref"] for part in parts]}],
    }  # fmt: skip
    said = json.dumps(document, sort_keys=True).encode()
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(said).hexdigest())}"
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def python_parts(lock: Path) -> list[dict[str, Any]]:
    """The packages of a lock file; the hashes are of every file that may be installed for one, as properties."""
    parts: list[dict[str, Any]] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        found = _PINNED.match(line)
        if found:
            name, version, where = found.groups()
            address = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
            parts.append({
                "type": "library", "bom-ref": address, "name": name, "version": version, "purl": address,
                "properties": [{"name": "vedette:where", "value": where}] if where else [],
            })  # fmt: skip
        for digest in _HASH.findall(line):
            parts[-1]["properties"].append({"name": "vedette:sha256-of-a-file", "value": digest})
    return parts


def console_parts(lock: Path) -> list[dict[str, Any]]:
    """The packages of npm that the page is made of, without the tools that only build it."""
    parts = []
    packages: dict[str, dict[str, Any]] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    for place, facts in sorted(packages.items()):
        if not place or facts.get("dev") or facts.get("link"):
            continue
        name = facts.get("name") or place.rpartition("node_modules/")[2]
        address = f"pkg:npm/{name.replace('@', '%40', 1) if name.startswith('@') else name}@{facts['version']}"
        part: dict[str, Any] = {
            "type": "library", "bom-ref": f"{address}#{place}", "name": name, "version": facts["version"],
            "purl": address,
        }  # fmt: skip
        algorithm, _, digest = facts.get("integrity", "").partition("-")
        if algorithm == "sha512":
            part["hashes"] = [{"alg": "SHA-512", "content": base64.b64decode(digest).hex()}]
        if isinstance(facts.get("license"), str):
            part["licenses"] = [{"license": {"name": facts["license"]}}]
        parts.append(part)
    return parts
