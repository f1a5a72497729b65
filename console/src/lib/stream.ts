/**
 * The socket: opens, says hello with what it has, hands out frames, and comes back by itself.
 *
 * It is *stale* when nothing was heard for 2.5 s, when the socket is closed, or when the watch worker says it is dead:
 * a frozen picture looks calm, so it must be said.
 */
import type { Frame, HeartbeatFrame, Worker } from "./model";

export const SILENT_MS = 2500;
const WORKER_SILENT_S = 3; // since the watch loop last went round
const LATE_S = 5; // of reports that wait to be read
const LONGEST_WAIT_MS = 4000;

export type Link = "connecting" | "open" | "closed";

export interface Position {
  seq: number | null;
  journal: string | null;
}

export interface StreamEars {
  frame(frame: Frame): void;
  binary(bytes: ArrayBuffer): void;
  link(link: Link): void;
  position(): Position;
}

/** Why the picture cannot be trusted to be fresh; null when it can. */
export type StaleReason = "connecting" | "closed" | "silent" | "starting" | "worker" | "late" | "nobody" | null;

/** Judges freshness from what was heard; times in milliseconds of one monotonic clock. */
export function staleness(link: Link, t_now_ms: number, t_heard_ms: number, worker: Worker | null): StaleReason {
  if (link !== "open") return link; // trying again is not hearing: what was heard a moment ago is not live
  if (t_now_ms - t_heard_ms > SILENT_MS) return "silent";
  if (worker === null || worker.state === "review") return null;
  if (worker.state === "starting") return "starting";
  if (!["running", "paused", "ended"].includes(worker.state)) return "worker";
  if ((worker.last_frame_age_s ?? 0) > WORKER_SILENT_S) return "late"; // it lives, and is long over one report
  return worker.state === "running" && (worker.backlog_s ?? 0) > LATE_S ? "late" : null;
}

export class Stream {
  #socket: WebSocket | null = null;
  #wait_ms = 250;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWanted = false;

  constructor(
    readonly ears: StreamEars,
    readonly catalogue_period_s: number | null,
    readonly url: string = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/stream`,
  ) {}

  open(): void {
    this.#isWanted = true;
    clearTimeout(this.#timer);
    this.ears.link("connecting");
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => {
      const { seq, journal } = this.ears.position();
      this.send({ type: "hello", resume: seq, journal, catalogue_period_s: this.catalogue_period_s });
      this.ears.link("open");
    };
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      this.#wait_ms = 250;
      if (typeof event.data !== "string") return this.ears.binary(event.data);
      this.ears.frame(JSON.parse(event.data) as Frame);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.ears.link("closed");
      if (this.#isWanted) this.#timer = setTimeout(() => this.open(), this.#wait_ms * (0.75 + Math.random() / 2));
      this.#wait_ms = Math.min(this.#wait_ms * 2, LONGEST_WAIT_MS);
    };
  }

  /** Ask for everything afresh: used when a gap in the numbers shows that something was lost. */
  again(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    if (this.#isWanted) this.open();
  }

  send(words: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(words));
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  close(): void {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }
}

export const isHeartbeat = (frame: Frame): frame is HeartbeatFrame => frame.type === "heartbeat";
