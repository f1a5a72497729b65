"""`/healthz`, `/readyz`, `/metrics`: for whoever keeps the server running."""

import time
from typing import Any

from litestar import MediaType, Response, get

from vedette.doors.server.context import Served, ServerContext


@get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False)
def healthz() -> str:
    """The server answers."""
    return "ok\n"


@get("/readyz", media_type=MediaType.TEXT, sync_to_thread=False)
def readyz(context: Served) -> Response[str]:
    """200 when there is a picture and the watch goes on (or has ended in order); 503 otherwise, with the reason."""
    state = context.worker.shown_state
    if context.is_review:
        return Response("ready: a review of the past, nothing is watched\n", media_type=MediaType.TEXT)
    is_ready = context.hub.has_picture and state in ("running", "paused", "ended")
    words = "ready\n" if is_ready else f"the watch worker is {state}: {context.worker.sentence or 'wait for it'}\n"
    return Response(words, media_type=MediaType.TEXT, status_code=200 if is_ready else 503)


@get("/metrics", media_type="text/plain; version=0.0.4; charset=utf-8", sync_to_thread=False)
def metrics(context: Served) -> str:
    """Counters and gauges in the Prometheus text format."""
    hub, worker = context.hub, context.worker
    states = ("starting", "running", "paused", "ended", "dead")
    rows: list[tuple[str, str, str, dict[str, str], float]] = [
        ("vedette_uptime_seconds", "gauge", "Since the server began.", {}, time.monotonic() - context.t_started_s),
        ("vedette_readers", "gauge", "Clients of the stream.", {}, len(hub.readers)),
        ("vedette_frames_total", "counter", "Frames of the stream made.", {}, hub.frame_count),
        ("vedette_frame_bytes_total", "counter", "Bytes of them, each counted once.", {}, hub.byte_count),
        ("vedette_snapshots_total", "counter", "Snapshots given to readers.", {}, hub.snapshot_count),
        ("vedette_frames_dropped_total", "counter", "Frames that a snapshot replaced for a slow reader.", {},
         hub.dropped_count + sum(reader.dropped_count for reader in hub.readers)),
        ("vedette_scans_total", "counter", "Looks that the picture holds.", {},
         hub.picture.get("counts", {}).get("scans", 0)),
        ("vedette_journal_entries", "gauge", "Entries of the journal that the picture holds.", {}, hub.entry),
        ("vedette_worker_restarts_total", "counter", "Watch workers that died and were begun again.", {},
         worker.restart_count),
        ("vedette_worker_heard_age_seconds", "gauge", "Since the watch worker last said anything.", {},
         worker.heard_age_s),
        ("vedette_worker_backlog_seconds", "gauge", "How far the watch lags behind what it is fed.", {},
         worker.backlog_s),
        ("vedette_server_cpu_seconds_total", "counter", "Processor time of the server.", {}, time.process_time()),
        *(("vedette_worker_cpu_seconds_total", "counter", "Processor time of the watch worker.", {"part": part}, spent)
          for part, spent in worker.spent_s.items()),
        *(("vedette_worker_state", "gauge", "1 for the state the watch worker is in.", {"state": one},
           float(worker.shown_state == one)) for one in states),
        *(("vedette_picture_rows", "gauge", "Rows of the newest picture.", {"section": name},
           len(hub.picture.get(name, ()))) for name in ("events", "objects", "alerts", "candidates", "sensors")),
    ]  # fmt: skip
    return "".join(metric_lines(rows))


def metric_lines(rows: list[tuple[str, str, str, dict[str, str], float]]) -> list[str]:
    """Samples in the exposition format, help and type once before the first of each name."""
    lines, known = [], set()
    for name, kind, text, labels, value in rows:
        if name not in known:
            known.add(name)
            lines.append(f"# HELP {name} {text}\n# TYPE {name} {kind}\n")
        marks = ",".join(f'{key}="{word}"' for key, word in labels.items())
        lines.append(f"{name}{{{marks}}} {value:g}\n" if marks else f"{name} {value:g}\n")
    return lines


def routes(context: ServerContext) -> list[Any]:
    """The routes of this file."""
    return [healthz, readyz, metrics]
