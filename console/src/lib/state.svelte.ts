/**
 * The one store. Panels read `watch.picture`, `watch.desk`, `watch.notices`, `watch.selection`, `watch.filters`; they
 * never know whether they look at the present or the past: the clock decides which picture stands here.
 */
import { deskOfPast } from "../alerts/life";
import { get } from "./api";
import type { DeskAlert, DeskFrame, Frame, HeartbeatFrame, Notice, Picture, Session, SnapshotFrame, UpdateFrame, Worker } from "./model";
import { type Folded, fold, FrameError, merged, NOTHING } from "./reducer";
import { type Link, type StaleReason, staleness, Stream } from "./stream";
import { msOf } from "./format";

export type SelectionKind = "alert" | "object" | "sensor" | "notice";
export interface Selection {
  kind: SelectionKind;
  id: string;
}

export interface Filters {
  text: string; // free words, in the track table and the board
  classes: string[]; // of objects; empty: all
  phases: string[]; // of objects; empty: all
  isLostShown: boolean;
}

export const NO_FILTERS: Filters = { text: "", classes: [], phases: [], isLostShown: true };

/** Binary frames of the stream, decoded by whoever draws them (kind 1 catalogue, 2 tracks). */
type BinaryEar = (bytes: ArrayBuffer) => void;
type FrameEar = (frame: Frame) => void;

class Watch {
  /** What is believed now, whatever is being looked at. */
  live = $state.raw<Folded>(NOTHING);
  /** What was believed at the instant that the clock shows; null while it shows the present. */
  past = $state.raw<Folded | null>(null);
  /** Every alert as it stands now, whatever is being looked at. */
  deskNow = $state.raw<DeskAlert[]>([]);
  /** The desk as it stood at the instant of the past, when that is told. */
  deskThen = $state.raw<DeskAlert[] | null>(null);
  notices = $state.raw<Notice[]>([]);
  session = $state.raw<Session | null>(null);

  selection = $state.raw<Selection | null>(null);
  filters = $state<Filters>({ ...NO_FILTERS });

  link = $state<Link>("connecting");
  worker = $state.raw<Worker | null>(null);
  readers = $state(0);
  isRecording = $state(false);
  stale = $state<StaleReason>("connecting");
  t_heard_ms = $state.raw(performance.now());
  /** The server's clock minus this machine's, ms: deadlines are told by the server's. */
  skew_ms = $state(0);
  t_wall_ms = $state(Date.now());
  #t_frame_ms = $state(performance.now());
  #t_tick_ms = $state(performance.now());

  /** The picture that panels draw. */
  get picture(): Picture | null {
    return (this.past ?? this.live).picture;
  }
  /** The alerts that panels show: now, or as they stood at the instant of the past. */
  get desk(): DeskAlert[] {
    return this.isPast ? (this.deskThen ?? this.#deskFromPicture) : this.deskNow;
  }
  #deskFromPicture = $derived(this.past?.picture ? deskOfPast(this.past.picture, this.deskNow) : []);
  get journal(): string | null {
    return (this.past ?? this.live).journal;
  }
  get entry(): number {
    return (this.past ?? this.live).entry;
  }
  /** True while the past is looked at: nothing may be released or cancelled then. */
  get isPast(): boolean {
    return this.past !== null;
  }
  get mode() {
    return this.live.picture?.mode ?? this.past?.picture?.mode ?? this.session?.mode ?? null;
  }
  /** True where nothing is watched at all: journals that are kept are looked at, and nothing can be done. */
  get isReview(): boolean {
    return this.worker?.state === "review";
  }
  /** Now by the server's clock, ms since 1970. */
  get t_server_ms(): number {
    return this.t_wall_ms + this.skew_ms;
  }
  /** The instant of the picture, ms since 1970: an exercise may play another night. Null when no report came. */
  get t_picture_ms(): number | null {
    return msOf(this.picture?.t_now_utc);
  }
  /** The same carried on between reports, for countdowns: at most five seconds, and never while the past is shown. */
  get t_running_ms(): number | null {
    const t_ms = this.t_picture_ms;
    if (t_ms === null || this.isPast || this.stale !== null || this.worker?.state !== "running") return t_ms;
    return t_ms + Math.min(5000, Math.max(0, this.#t_tick_ms - this.#t_frame_ms));
  }
  /** What happens is not kept on disk though the watch goes on: everybody must see it. */
  get isUnrecorded(): boolean {
    return this.live.picture !== null && !this.isRecording && (this.worker?.state === "running" || this.worker?.state === "paused");
  }
  may(right: string): boolean {
    return this.session?.rights?.includes(right) ?? false;
  }
  get account(): string | null {
    return this.session?.account ?? null;
  }

  object(id: string | null | undefined) {
    return this.picture?.objects.find((one) => one.id === id) ?? null;
  }
  alert(id: string | null | undefined): DeskAlert | null {
    return this.desk.find((one) => one.id === id) ?? null;
  }
  /** The objects that the selection is about: itself, or those of the alert. */
  get selectedObjects(): string[] {
    const chosen = this.selection;
    if (chosen?.kind === "object") return [chosen.id];
    if (chosen?.kind === "alert") return this.alert(chosen.id)?.object_ids ?? [];
    return [];
  }

  // --- how it is fed ---------------------------------------------------------------------------------------------

  #stream: Stream | null = null;
  #binaryEars = new Set<BinaryEar>();
  #frameEars = new Set<FrameEar>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Open the socket and keep it open; afresh when it is open already, since it belongs to the session before. */
  start(catalogue_period_s: number | null = 10): void {
    if (this.#stream) {
      if (this.#stream.isWanted) this.#stream.again();
      else this.#stream.open();
      return;
    }
    this.#stream = new Stream(
      {
        frame: (frame) => this.hear(frame),
        binary: (bytes) => {
          this.t_heard_ms = performance.now();
          for (const ear of this.#binaryEars) ear(bytes);
        },
        link: (link) => {
          this.link = link;
          this.judge();
          if (link === "closed") void this.#askWhy();
        },
        position: () => ({ seq: this.live.picture ? this.live.seq : null, journal: this.live.journal }),
      },
      catalogue_period_s,
    );
    this.#stream.open();
    this.#timer = setInterval(() => this.judge(), 250);
  }

  stop(): void {
    this.#stream?.close();
    this.#stream = null;
    clearInterval(this.#timer);
  }

  /** Ask for a fresh snapshot. */
  again(): void {
    this.#stream?.again();
  }

  /** True while nobody is signed in and nothing may be looked at. */
  get isNobody(): boolean {
    return this.session !== null && this.session.roles.length === 0;
  }

  /** A socket that closes may do so because the session is over: then trying again is of no use, and signing in is. */
  async #askWhy(): Promise<void> {
    const session = await this.askSession().catch(() => null);
    if (session && this.isNobody) this.#stream?.close();
    this.judge();
  }

  judge(): void {
    this.t_wall_ms = Date.now();
    this.#t_tick_ms = performance.now();
    const reason = this.isNobody ? "nobody" : staleness(this.link, performance.now(), this.t_heard_ms, this.worker);
    if (reason !== this.stale) this.stale = reason;
  }

  /** Take one frame of the stream. */
  hear(frame: Frame): void {
    this.t_heard_ms = performance.now();
    switch (frame.type) {
      case "snapshot": {
        this.#t_frame_ms = performance.now();
        const all = frame as SnapshotFrame;
        this.live = fold(this.live, all);
        if (all.desk) this.deskNow = all.desk;
        if (all.notices) this.notices = all.notices;
        break;
      }
      case "update":
        this.#t_frame_ms = performance.now();
        try {
          this.live = fold(this.live, frame as UpdateFrame);
        } catch (trouble) {
          if (!(trouble instanceof FrameError)) throw trouble;
          this.live = NOTHING; // what is held does not fit: everything afresh
          this.again();
          return;
        }
        break;
      case "desk": {
        const told = frame as DeskFrame;
        this.deskNow = merged(this.deskNow, told.alerts, undefined, (one) => one.id);
        break;
      }
      case "heartbeat": {
        const beat = frame as HeartbeatFrame;
        this.worker = beat.worker;
        this.readers = beat.readers;
        this.isRecording = beat.recording;
        const t_ms = msOf(beat.t_server_utc);
        if (t_ms !== null) this.skew_ms = t_ms - Date.now();
        break;
      }
    }
    this.judge();
    for (const ear of this.#frameEars) ear(frame);
  }

  /** Hear binary batches as they come; gives the way to stop. */
  onBinary(ear: BinaryEar): () => void {
    this.#binaryEars.add(ear);
    return () => this.#binaryEars.delete(ear);
  }

  /** Hear every frame after it was folded; gives the way to stop. */
  onFrame(ear: FrameEar): () => void {
    this.#frameEars.add(ear);
    return () => this.#frameEars.delete(ear);
  }

  /** Who am I, and in what mode. */
  async askSession(): Promise<Session> {
    this.session = await get<Session>("session");
    return this.session;
  }
}

export const watch = new Watch();

/** Choose what the evidence drawer, the map and the tables show; null clears. */
export function select(chosen: Selection | null): void {
  watch.selection = chosen;
}
