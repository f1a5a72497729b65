"""`[services]` of node.toml: the nodes of one owner that share the work, as `node init --service` writes them."""

from typing import Any

from vedette.core.errors import UsageError
from vedette.doors.node.folder import NodeSettings, check_name
from vedette.sharing.services import ServiceGroup, group_of


def services_table(name: str, services: tuple[str, ...]) -> dict[str, Any]:
    """The table of services in the order of their slots; empty for an owner with one node."""
    if not services:
        return {}
    for one in services:
        check_name(one, "--service")
    if len(set(services)) != len(services) or len(services) < 2:
        raise UsageError("--service names every node of the owner once, two at least")
    if name not in services:
        raise UsageError(f"--name {name} is none of the services {', '.join(services)}: it is one node's name")
    members: list[dict[str, Any]] = [{"name": one, "slot": slot} for slot, one in enumerate(services)]
    if len(services) == 2:  # neither of two can tell which is cut off: the first goes on alone
        members[0]["votes"] = 2
    return {"member": members}


def services_text(table: dict[str, Any]) -> str:
    """The same as a person would write it; empty for none."""
    if not table:
        return ""
    lines = [
        "",
        "# The nodes of this owner that share the work; the same table at each. A slot is of its track numbers, and is",
        "# never given to another. A region (corners, degrees) gives what flies there to one: see `handing over`.",
        "[services]",
    ]
    for member in table.get("member", ()):
        lines += ["[[services.member]]", f'name = "{member["name"]}"', f"slot = {member['slot']}"]
        lines += [f"votes = {member['votes']}"] if "votes" in member else []
        lines += [f"region = {[list(map(float, one)) for one in member['region']]}"] if member.get("region") else []
    return "\n".join(lines) + "\n"


def services_of(settings: NodeSettings) -> ServiceGroup:
    """The services that a node belongs to; BadInputError when it is none of them."""
    group = group_of(settings.owner, settings.services)
    group.member(settings.node)
    return group
