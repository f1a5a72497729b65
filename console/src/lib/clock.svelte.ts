/**
 * One clock owns every panel: LIVE shows the present, anything else shows what was known at an instant.
 *
 * The past comes from the journal by the same documents and the same reducer: a seek is one `picture?at=`, playing is
 * `journals/{id}/frames` in batches, folded as their times come due. Leaving LIVE stops nothing but the drawing.
 * Journals that are kept from earlier are opened the same way: the line then spans theirs, and going LIVE puts them away.
 */
import { get, ready } from "./api";
import { isoOf, msOf } from "./format";
import type { DeskAlert, Finding, Picture, SnapshotFrame, UpdateFrame } from "./model";
import { fold, type Folded, merged } from "./reducer";
import { watch } from "./state.svelte";

export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 1000] as const;
const STEP_MS = 1000;
const BATCH_S = 30; // of played time per request, times the speed
const MOST_FRAMES = 2000;
const ASK_AGAIN_MS = 15_000;

/** Alerts as they stood after somebody had acted, or the machine had proposed. */
interface Act {
  t_utc: string;
  alerts: DeskAlert[];
}

/** A journal of the server's, as its list tells of it. */
export interface JournalRow {
  id: string;
  entries: number | null;
  mode: string | null;
  feeds: string[];
  engine_version: string | null;
  is_live: boolean;
  t_first_utc: string | null;
  t_last_utc: string | null;
  trouble: string | null;
}

/** A journal from earlier that is being looked at, with what was said in it until its end. */
interface Kept {
  id: string;
  mode: string | null;
  first_ms: number;
  last_ms: number;
  events: readonly Finding[];
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
  /** The journal that is looked at when it is not the one written now. */
  kept = $state.raw<Kept | null>(null);

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
  /** The journal whose past the clock shows, or would show. */
  get journal(): string | null {
    return this.kept?.id ?? watch.live.journal;
  }
  /** What was said in it, to its end: marks of the line. */
  get events(): readonly Finding[] {
    return (this.kept ?? watch.live.picture)?.events ?? [];
  }
  /** The newest instant there is. */
  get last_ms(): number | null {
    return this.kept ? this.kept.last_ms : msOf(watch.live.picture?.t_now_utc);
  }
  /** The first instant there is: the first thing that was said, until the journal list says it. */
  get first_ms(): number | null {
    if (this.kept) return this.kept.first_ms;
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
  /** Ask the list of journals where the live one's looks begin, until they do. */
  async askBeginning(): Promise<void> {
    const journal = watch.live.journal;
    if (!journal || this.#asked === journal) return;
    this.#asked = journal;
    this.#first_ms = null;
    const first = msOf((await journals().catch(() => [])).find((one) => one.id === journal)?.t_first_utc);
    if (this.#asked !== journal) return;
    if (first !== null) this.#first_ms = first;
    else setTimeout(() => this.#asked === journal && ((this.#asked = null), void this.askBeginning()), ASK_AGAIN_MS);
  }
  get isLive(): boolean {
    return this.mode === "live";
  }

  /** Look at a journal from earlier, at an instant or where its looks begin; the one written now goes LIVE. */
  async open(row: JournalRow, t_ms: number | null = null): Promise<void> {
    const [first, last] = [msOf(row.t_first_utc), msOf(row.t_last_utc)];
    if (row.is_live || first === null || last === null) return this.goLive();
    this.goLive();
    this.kept = { id: row.id, mode: row.mode, first_ms: first, last_ms: last, events: [] };
    if (!(await this.seek(t_ms ?? first))) {
      if (this.trouble !== null) this.kept = null; // what is shown is still the live one's
      return;
    }
    const isWanted = () => this.kept?.id === row.id;
    const ended = await pictureAt(row.id, last, new AbortController().signal, () => undefined).catch(() => null);
    if (ended && isWanted()) this.kept = { ...this.kept!, events: ("picture" in ended ? ended.picture : ended).events };
  }

  goLive(): void {
    this.#stop();
    this.#seek?.abort();
    watch.past = null;
    watch.deskThen = null;
    this.kept = null;
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

  /** Show what was known at an instant; leaves LIVE. False when it could not be read, or something else was asked. */
  async seek(t_ms: number): Promise<boolean> {
    const wasPlaying = this.mode === "replay";
    this.pause();
    const last = this.last_ms;
    this.t_ms = Math.max(this.first_ms ?? t_ms, last === null ? t_ms : Math.min(t_ms, last));
    this.#seek?.abort();
    const seeking = new AbortController();
    this.#seek = seeking;
    this.isSeeking = true;
    try {
      const journal = this.journal;
      const answer = await pictureAt(journal, this.t_ms, seeking.signal, this.#tellProgress);
      if (seeking.signal.aborted) return false;
      const isFrame = "picture" in answer;
      // a journal does not hold what people did, the desk's log does: where none is kept, the machine's own alerts stand
      watch.deskThen = isFrame && answer.is_desk_kept ? answer.desk : null;
      watch.past = {
        picture: isFrame ? answer.picture : answer,
        journal,
        seq: 0,
        entry: isFrame ? answer.entry : 0,
      };
      if (watch.isReview && isFrame && answer.notices) watch.notices = answer.notices; // nobody else tells them
      this.trouble = null;
      if (wasPlaying) this.play();
      return true;
    } catch (trouble) {
      if (seeking.signal.aborted) return false;
      this.trouble = trouble instanceof Error ? trouble.message : String(trouble);
      this.t_ms = watch.t_picture_ms ?? this.t_ms; // what is shown is still of that instant
      return false;
    } finally {
      if (this.#seek === seeking) {
        this.isSeeking = false;
        this.progress = null;
      }
    }
  }

  readonly #tellProgress = (done: number, of: number): void => {
    this.progress = of ? done / of : null;
  };

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

/** Every journal that the server keeps. */
export async function journals(): Promise<JournalRow[]> {
  return (await get<{ journals: JournalRow[] }>("journals")).journals;
}

/** The journal whose looks ended last, of those that have dates and can be read. */
export function newestOf(rows: readonly JournalRow[]): JournalRow | undefined {
  const dated = rows.filter((one) => one.t_first_utc && one.t_last_utc && !one.trouble);
  return dated.sort((a, b) => a.t_last_utc!.localeCompare(b.t_last_utc!)).at(-1);
}

function pictureAt(journal: string | null, t_ms: number, signal: AbortSignal, tell: (done: number, of: number) => void) {
  return ready<Picture | SnapshotFrame>("picture", { journal, at: isoOf(t_ms) }, signal, tell);
}

export const clock = new Clock();
