"""The report in words: what to look at first, and the whole as text."""

from typing import Any

CALM = "nothing is open, nothing is late, nothing is degraded"


def look_at(told: dict[str, Any]) -> list[str]:
    """What those who take over should look at, most urgent first; a calm watch gives one line that says so."""
    lines: list[str] = []
    node = told["node"]
    if node is not None and node.get("recording") is False:
        lines.append("NOT RECORDED: the disk is full; make room before anything else")
    for one in told["alerts"]:
        late = [duty for duty in one["duties"] if duty["is_late"]]
        name = f"{one['id']} ({one['mode']}, {one['evidence']}, {one['message']})"
        if late:
            acts = ", ".join(f"{duty['act']} by {duty['role']} since {duty['due_utc'][11:19]}Z" for duty in late)
            lines.append(f"{name}: late: {acts}")
        elif one["waits_for_second"]:
            lines.append(f"{name}: approved by {one['waits_for_second']}, waits for a second person")
        elif one["duties"]:
            duty = one["duties"][0]
            lines.append(f"{name}: {duty['act']} by {duty['role']}, due {duty['due_utc'][11:19]}Z")
        else:
            lines.append(f"{name}: stands until {one['valid_until_utc'][:19]}Z; update or cancel it when things change")
    for one in told["owed"]:
        lines.append(f"{one['message_id']}: {one['channel']} has not had it ({one['state']}); `vedette alert deliver`")
    if node is not None:
        if node["trouble"]:
            lines.append(f"the node cannot be read: {node['trouble']}")
        elif node["acting"] is None:
            lines.append(f"nobody acts for node {node['node']}; `vedette node run` begins")
        elif not node["standing_by"]:
            lines.append("nobody stands by for this node; `vedette node standby`")
        for peer in node["peers"]:
            if peer["state"] != "up":
                lines.append(f"link to {peer['peer']}: {peer['state']}" + _more(peer.get("trouble")))
    for watch in told["watches"]:
        lines += [f"sensor {one['sensor']} ({watch['mode']}): {one['text']}" for one in watch["sensors"]]
        if watch["trouble"]:
            lines.append(f"journal {watch['journal']}: {watch['trouble']}")
    for one in told["notices"]:
        if one["due_utc"] is not None:
            lines.append(f"answer to {one['party']} on {one['notice']} is due {one['due_utc'][:16]}Z")
        elif one["is_open"]:
            lines.append(
                f"window of {one['party']}'s {one['notice']} ({one['what']}) is open until {one['to_utc'][:16]}Z"
            )
    lines += told["troubles"]
    return lines or [CALM]


def handover_text(told: dict[str, Any]) -> str:
    """The whole report as plain text."""
    out = [f"WATCH REPORT  {told['from_utc'][:16]}Z to {told['written_utc'][:16]}Z", ""]
    out += _part("look at first", told["look_at"])
    out += _part("open alerts", [_alert(one) for one in told["alerts"]])
    out += _part("closed in this watch", [_alert(one) for one in told["closed"]])
    out += _part("who did what", [_person(one) for one in told["people"]])
    escalated = [
        f"{a['t_utc'][11:19]}Z  {a['alert_id']}  {a['words']}" for a in told["acts"] if a["what"] == "escalated"
    ]
    out += _part("not done in time", escalated)
    refused = [f"{a['t_utc'][11:19]}Z  {a['alert_id']}  {a['words']}" for a in told["acts"] if a["what"] == "refused"]
    out += _part("refused", refused)
    if told["node"] is not None:
        out += _part(f"links of {told['node']['node']}", [_link(one) for one in told["node"]["peers"]])
    for watch in told["watches"]:
        name = f"{watch['journal']} ({watch['mode']}, {watch['entries']:,} entries)"
        out += _part(f"sensors of {name}", [f"{o['sensor']}: {o['text']}" for o in watch["sensors"]])
        doubts = [f"{o['count']} x {o['text']}, last {str(o['last_utc'])[:19]}" for o in watch["doubts"]]
        out += _part(f"doubts of {name}", doubts)
    due = [
        f"{str(o['due_utc'] or o['from_utc'])[:16]}Z  {o['party']}: {o['kind']} {o['notice']} {o['what']}"
        for o in told["notices"]
    ]
    out += _part(f"announced or due within {told['ahead_hours']:g} h", due)
    return "\n".join(out).rstrip() + "\n"


def _part(title: str, lines: list[str]) -> list[str]:
    return [title[0].upper() + title[1:], *(f"  {line}" for line in lines or ["none"]), ""]


def _alert(one: dict[str, Any]) -> str:
    likely = ", ".join(f"{100 * o['probability']:.0f} % {o['name']}" for o in one["explanations"])
    sent = f"; {len(one['sent'])} messages sent" if one["sent"] else ""
    return f"{one['id']}  {one['evidence']}, {one['message']}; {likely}{sent}"


def _person(one: dict[str, Any]) -> str:
    did = ", ".join(f"{count} {what}" for what, count in sorted(one["did"].items()))
    return f"{one['account']}: {did} ({one['first_utc'][11:19]}Z to {one['last_utc'][11:19]}Z)"


def _link(one: dict[str, Any]) -> str:
    age = one.get("heard_age_s")
    return (
        f"{one['peer']}: {one['state']}"
        + (f", heard {age:.0f} s ago" if age is not None else "")
        + _more(one.get("trouble"))
    )


def _more(trouble: str | None) -> str:
    return f" ({trouble})" if trouble else ""
