/**
 * One clock owns every panel: LIVE shows the present, anything else shows what was known at an instant.
 *
 * The past comes from the journal by the same documents and the same reducer: a seek is one `picture?at=`, playing is
 * `journals/{id}/frames` in batches, folded as their times come due. Leaving LIVE stops nothing but the drawing.
 */
import { get, ready } from "./api";
import { isoOf, msOf } from "./format";
import type { DeskAlert, Picture, SnapshotFrame, UpdateFrame } from "./model";
import { fold, type Folded, merged } from "./reducer";
import { watch } from "./state.svelte";

export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 1000] as const;
const STEP_MS = 1000;
const BATCH_S = 30; // of played time per request, times the speed
const MOST_FRAMES = 2000;
const FEW_FRAMES = 60; // to find the first that holds a look
const ASK_AGAIN_MS = 15_000;

/** Alerts as they stood after somebody had acted, or the machine had proposed. */
interface Act {
  t_utc: string;
  alerts: DeskAlert[];
}

interface FramesAnswer {
  frames: (SnapshotFrame | UpdateFrame)[];
  desk?: Act[];
  next?: string | null;
}

export type ClockMode = "live" | "paused" | "replay";

class Clock {
  mode = $state<ClockMode>("live");
  speed = $state(1);
  /** The instant that is shown while not live, ms since 1970 by the picture's clock. */
  t_ms = $state<number | null>(null);
  isSeeking = $state(false);
  /** How much of the journal has been read for the first seek into it, 0 to 1; null when nothing is being read. */
  progress = $state<number | null>(null);
  trouble = $state<string | null>(null);
  /** Alerts that came or changed while the past was looked at. */
  news = $state(0);

  #first_ms = $state<number | null>(null);
  #seek: AbortController | null = null;
  #queue: (SnapshotFrame | UpdateFrame)[] = [];
  #acts: Act[] = [];
  #fetchedTo_ms = 0;
  #isFetching = false;
  #playing: ReturnType<typeof setInterval> | undefined;
  #t_tick_ms = 0;

  /** The instant shown, live or not; while the journal is still being read, that of the picture that is still there. */
  get shown_ms(): number | null {
    return this.mode === "live" || this.isSeeking ? watch.t_picture_ms : this.t_ms;
  }
  /** The instant that countdowns count from: carried on between reports while live, the clock's own in the past. */
  get running_ms(): number | null {
    return this.isLive ? watch.t_running_ms : this.shown_ms;
  }
  /** The newest instant there is. */
  get last_ms(): number | null {
    return msOf(watch.live.picture?.t_now_utc);
  }
  /** The first instant there is: the first thing that was said, until the journal list says it. */
  get first_ms(): number | null {
    if (this.#first_ms !== null) return this.#first_ms;
    let first = this.last_ms;
    for (const event of watch.live.picture?.events ?? []) {
      const t = msOf(event.t_declared_utc); // when it was said: what was announced speaks of other days
      if (t !== null && (first === null || t < first)) first = t;
    }
    return first === null ? null : first - 30_000;
  }
  /** Set from the journal's own first entry when it is known. */
  begin(first_ms: number): void {
    this.#first_ms = first_ms;
  }
  #asked: string | null = null;
  /** Ask the list of journals where the live one begins. */
  async askBeginning(): Promise<void> {
    const journal = watch.live.journal;
    if (!journal || this.#asked === journal) return;
    this.#asked = journal;
    this.#first_ms = null;
    const isWanted = () => this.#asked === journal;
    const list = await get<{ journals: { id: string; t_first_utc?: string | null }[] }>("journals").catch(() => null);
    const first = msOf(list?.journals.find((one) => one.id === journal)?.t_first_utc);
    if (first === null || !isWanted()) return;
    // What was announced may have been received days before: the line begins with the first look
    const asked = { from: isoOf(first - 1), to: isoOf((this.last_ms ?? first) + 1), most: FEW_FRAMES };
    const answer = await ready<FramesAnswer>(`journals/${encodeURIComponent(journal)}/frames`, asked).catch(() => null);
    const look = answer?.frames.find((one) => (one.type === "snapshot" ? one.picture.counts : one.counts).scans > 0);
    const t_look = look && msOf(look.type === "snapshot" ? look.picture.t_now_utc : look.t_now_utc);
    if (!isWanted()) return;
    if (t_look) this.#first_ms = t_look;
    else setTimeout(() => isWanted() && ((this.#asked = null), void this.askBeginning()), ASK_AGAIN_MS);
  }
  get isLive(): boolean {
    return this.mode === "live";
  }

  goLive(): void {
    this.#stop();
    this.#seek?.abort();
    watch.past = null;
    watch.deskThen = null;
    this.mode = "live";
    this.t_ms = null;
    this.speed = 1;
    this.trouble = null;
    this.isSeeking = false;
    this.news = 0;
  }

  /** Freeze what is shown; the watch goes on behind it. */
  pause(): void {
    this.#stop();
    if (this.mode === "live") {
      watch.past = watch.live;
      watch.deskThen = watch.deskNow;
      this.t_ms = this.last_ms;
      this.news = 0;
    }
    this.mode = "paused";
  }

  play(): void {
    if (this.mode === "live") return;
    this.mode = "replay";
    this.#stop();
    this.#queue = [];
    this.#acts = [];
    this.#fetchedTo_ms = this.t_ms ?? 0;
    this.#t_tick_ms = performance.now();
    this.#playing = setInterval(() => this.#tick(), 100);
    this.#tick();
  }

  toggle(): void {
    if (this.mode === "replay") this.pause();
    else if (this.mode === "paused") this.play();
    else this.pause();
  }

  faster(): void {
    this.speed = SPEEDS.find((one) => one > this.speed) ?? SPEEDS.at(-1)!;
  }
  slower(): void {
    this.speed = SPEEDS.findLast((one) => one < this.speed) ?? SPEEDS[0];
  }

  /** One second back or on; leaves LIVE. */
  async step(sign: 1 | -1): Promise<void> {
    const from = this.shown_ms;
    if (from === null) return;
    this.pause();
    await this.seek(from + sign * STEP_MS);
  }

  /** Show what was known at an instant; leaves LIVE. */
  async seek(t_ms: number): Promise<void> {
    const wasPlaying = this.mode === "replay";
    this.pause();
    const last = this.last_ms;
    this.t_ms = Math.max(this.first_ms ?? t_ms, last === null ? t_ms : Math.min(t_ms, last));
    this.#seek?.abort();
    const seeking = new AbortController();
    this.#seek = seeking;
    this.isSeeking = true;
    try {
      const journal = watch.live.journal;
      const answer = await ready<Picture | SnapshotFrame>("picture", { journal, at: isoOf(this.t_ms) }, seeking.signal, (done, of) => {
        this.progress = of ? done / of : null;
      });
      if (seeking.signal.aborted) return;
      const isFrame = "picture" in answer;
      // a journal does not hold what people did, the desk's log does: where none is kept, the machine's own alerts stand
      watch.deskThen = isFrame && answer.is_desk_kept ? answer.desk : null;
      watch.past = {
        picture: isFrame ? answer.picture : answer,
        journal,
        seq: 0,
        entry: isFrame ? answer.entry : 0,
      };
      this.trouble = null;
      if (wasPlaying) this.play();
    } catch (trouble) {
      if (seeking.signal.aborted) return;
      this.trouble = trouble instanceof Error ? trouble.message : String(trouble);
      this.t_ms = watch.t_picture_ms ?? this.t_ms; // what is shown is still of that instant
    } finally {
      if (this.#seek === seeking) {
        this.isSeeking = false;
        this.progress = null;
      }
    }
  }

  #stop(): void {
    clearInterval(this.#playing);
    this.#playing = undefined;
  }

  #tick(): void {
    const now = performance.now();
    const due_ms = (this.t_ms ?? 0) + (now - this.#t_tick_ms) * this.speed;
    this.#t_tick_ms = now;
    const last = this.last_ms;
    const isAtEnd = last !== null && due_ms >= last;
    // Hold the clock where the frames end: it must never run ahead of what was fetched
    this.t_ms = Math.min(due_ms, Math.max(this.#fetchedTo_ms, this.t_ms ?? 0), last ?? due_ms);
    let folded: Folded = watch.past ?? watch.live;
    while (this.#queue.length) {
      const next = this.#queue[0]!;
      const t = msOf(next.type === "snapshot" ? next.picture.t_now_utc : next.t_now_utc);
      if (t !== null && t > this.t_ms) break;
      this.#queue.shift();
      folded = fold({ ...folded, seq: Math.min(folded.seq, next.seq - 1) }, next);
    }
    if (folded !== watch.past) watch.past = folded;
    this.#takeActs(this.t_ms);
    if (isAtEnd && this.#queue.length === 0) return this.pause();
    const ahead_ms = BATCH_S * 1000 * this.speed;
    if (this.#fetchedTo_ms - this.t_ms < ahead_ms / 2 && (last === null || this.#fetchedTo_ms < last)) void this.#fetch(ahead_ms);
  }

  /** What had been done at the desk by then. */
  #takeActs(t_ms: number): void {
    const later = this.#acts.findIndex((one) => (msOf(one.t_utc) ?? 0) > t_ms);
    const due = this.#acts.splice(0, later < 0 ? this.#acts.length : later);
    if (due.length) watch.deskThen = merged(watch.deskThen ?? [], due.flatMap((one) => one.alerts), undefined, (one) => one.id);
  }

  async #fetch(span_ms: number): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    const from = this.#fetchedTo_ms;
    const to = from + span_ms;
    const playing = this.#playing;
    try {
      const answer = await ready<FramesAnswer>(`journals/${encodeURIComponent(watch.journal ?? "")}/frames`, {
        from: isoOf(from),
        to: isoOf(to),
        most: MOST_FRAMES,
      });
      if (playing !== this.#playing) return;
      this.#queue.push(...answer.frames);
      this.#acts.push(...(answer.desk ?? []));
      const end = answer.frames.at(-1);
      const endUtc = end && (end.type === "snapshot" ? end.picture.t_now_utc : end.t_now_utc);
      this.#fetchedTo_ms = answer.frames.length >= MOST_FRAMES ? (msOf(endUtc) ?? to) : to;
      this.trouble = null;
    } catch (trouble) {
      this.trouble = trouble instanceof Error ? trouble.message : String(trouble);
    } finally {
      this.#isFetching = false;
    }
  }
}

export const clock = new Clock();
