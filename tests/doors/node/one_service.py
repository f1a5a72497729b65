"""One service as a process that may be killed at any instant: `python -m tests.doors.node.one_service FOLDER PLAN`.

Its broker, its store and its line are those of a node; the watch is a list of objects, all of which it sees, each under
a name of its own; FOLDER/../numbers says which number an object has, in the place of fusion. PLAN is JSON: `objects`,
`hand_over_s`, `t_begin_s` (of the wall), `seed`. FOLDER/reports tells which numbers it would report, as it changes, by
the system's steady clock, which all processes of a machine share; and until when what was told holds.
"""

import json
import random
import sys
import threading
import time
from pathlib import Path

from vedette.doors.node.broker import Broker
from vedette.doors.node.broker_program import find_broker
from vedette.doors.node.folder import read_node
from vedette.doors.node.opening_store import open_store
from vedette.doors.node.running import BrokerKeeper
from vedette.doors.node.service_desk import Seen, ServiceDesk, Standing
from vedette.doors.node.service_line import ServiceLine
from vedette.reports import Mode

LOOK_S = 0.4


class Told:
    """Writes down when this service would report which number, as its desk publishes it."""

    def __init__(self, desk: ServiceDesk, path: Path) -> None:
        self._desk, self._publish, self._file = desk, desk._publish, path.open("a", buffering=1)
        self._before = Standing()
        desk._publish = self.publish  # type: ignore[method-assign]

    def publish(self, t_ns: int) -> None:
        before = self._before
        self._publish(t_ns)
        now, new = time.monotonic_ns(), self._desk.standing
        rows = []
        if now > before.t_until_ns:  # it was not sure any more in between
            rows = [f"- {number} {before.t_until_ns}\n" for number in before.reporting]
            rows += [f"+ {number} {now}\n" for number in new.reporting]
        elif new.reporting != before.reporting:
            rows = [f"- {number} {now}\n" for number in before.reporting - new.reporting]
            rows += [f"+ {number} {now}\n" for number in new.reporting - before.reporting]
        self._file.write("".join(rows) + f"~ {len(new.reporting)} {new.t_until_ns}\n")
        self._before = new


def main(path: Path, plan: dict[str, float]) -> None:
    """Until killed."""
    folder, settings = read_node(path)
    keeper = BrokerKeeper(Broker(folder, settings, find_broker(settings.nats_server)), folder)
    keeper.start()
    line = ServiceLine(folder, settings, open_store(path / settings.store), Mode.SIMULATED)
    desk, names = line.desk, line.desk.group.names
    Told(desk, path / "reports")
    line.start()
    me, count = names.index(settings.node), int(plan["objects"])
    luck = random.Random(f"{plan['seed']} {settings.node}")
    order = random.Random(plan["seed"])
    phase = [order.uniform(0.0, plan["hand_over_s"]) for _ in range(count)]
    threading.Thread(target=lambda: [plan.update(json.loads(row)) for row in sys.stdin], daemon=True).start()
    number_of: dict[int, str] = {}
    object_of: dict[str, int] = {}
    last: dict[int, int] = {}
    read = 0
    own = {o for o in range(count) if o % len(names) == me}  # seen here before the others see them
    with (path.parent / "numbers").open("a", buffering=1) as saying, (path.parent / "numbers").open() as file:
        while True:
            file.seek(read)
            for row in iter(file.readline, ""):
                if not row.endswith("\n"):
                    break
                read += len(row)
                o, number = row.split()
                number_of.setdefault(int(o), number)
                object_of[number] = int(o)
            standing = desk.standing
            for o in own - set(number_of):
                if (number := standing.names.get(f"w/o{o}")) is not None:
                    saying.write(f"{o} {number}\n")
            if desk.service.kept.view > 0:
                joins = {f"w/o{o}": (number,) for o, number in number_of.items()}
                desk.see(Seen({f"w/o{o}": 1 + (o * 7 + me) % 5 for o in own | set(number_of)}, joins))
            since_s = time.time() - plan["t_begin_s"]
            for number in standing.reporting if since_s > 0.0 else ():
                o = object_of.get(number, -1)
                due = int((since_s + phase[o]) / plan["hand_over_s"])
                if o >= 0 and due > last.get(o, 0):
                    last[o] = due
                    desk.give(number, luck.choice([name for name in names if name != settings.node]))
            time.sleep(LOOK_S)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
