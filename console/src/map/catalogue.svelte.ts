/**
 * The catalogue as the views draw it: batches go to a worker, positions of an instant come back.
 *
 * LIVE takes the batches of the stream; a past instant asks for its own by `catalogue/positions?at=`. A batch is flown no
 * farther than `MOST_S` from its own time: beyond, nothing is drawn rather than something wrong.
 */
import { bytes, get } from "../lib/api";
import { clock } from "../lib/clock.svelte";
import { isoOf } from "../lib/format";
import { watch } from "../lib/state.svelte";
import { decodeBatch, KIND_CATALOGUE } from "./batch";
import type { AskBatch, AskPositions, Positions, Trouble } from "./catalogue.worker";

export const MOST_S = 120;
const AGAIN_S = 30; // of played time, before a past batch is asked for anew

export interface Named {
  index: number;
  id: string | number;
  name: string;
  kind: string;
}

class Catalogue {
  /** Where everything is; a new object each time. */
  now = $state.raw<Positions | null>(null);
  names = $state.raw<Map<number, Named>>(new Map());
  trouble = $state<string | null>(null);
  indices: Uint32Array = new Uint32Array();

  #worker: Worker | null = null;
  #users = 0;
  #spare: ArrayBuffer[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #deaf: (() => void) | undefined;
  #t_batch_s: number | null = null;
  #isLiveBatch = false;
  #isAsking = false;
  #isBusy = false;
  #wantsFlat = 0;
  #t_names_ms = 0; // before which names are not asked for again

  /** Begin to follow; `isFlat` when longitudes and latitudes are wanted. Gives the way to stop. */
  follow(isFlat: boolean, period_ms = 1000): () => void {
    if (isFlat) this.#wantsFlat++;
    if (this.#users++ === 0) this.#begin(period_ms);
    return () => {
      if (isFlat) this.#wantsFlat--;
      if (--this.#users === 0) this.#end();
    };
  }

  #begin(period_ms: number): void {
    try {
      this.#worker = new Worker(new URL("./catalogue.worker.ts", import.meta.url), { type: "module" });
    } catch {
      this.trouble = "this browser starts no worker: the catalogue is not drawn";
      return;
    }
    this.#worker.onmessage = (event: MessageEvent<Positions | Trouble>) => this.#hear(event.data);
    this.#deaf = watch.onBinary((raw) => {
      if (new DataView(raw).getUint16(6, true) !== KIND_CATALOGUE || watch.isPast) return;
      this.give(raw.slice(0), true);
    });
    this.#timer = setInterval(() => this.#ask(), period_ms);
    this.#ask();
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#deaf?.();
    this.#worker?.terminate();
    this.#worker = null;
    this.#t_batch_s = null;
    this.#isBusy = false;
    this.now = null;
  }

  /** Take a batch's bytes; they are handed on to the worker. */
  give(raw: ArrayBuffer, isLive: boolean): void {
    try {
      this.#t_batch_s = decodeBatch(raw).t_utc_s;
    } catch (trouble) {
      this.trouble = trouble instanceof Error ? trouble.message : String(trouble);
      return;
    }
    this.#isLiveBatch = isLive;
    this.#worker?.postMessage({ type: "batch", bytes: raw } satisfies AskBatch, [raw]);
    this.#ask();
  }

  #ask(): void {
    const shown_ms = clock.shown_ms ?? watch.t_picture_ms;
    if (shown_ms === null || !this.#worker || document.hidden || !watch.picture?.catalogue) return;
    if (this.names.size === 0 && performance.now() > this.#t_names_ms) void this.#askNames();
    const t_utc_s = shown_ms / 1000;
    const off_s = this.#t_batch_s === null ? Infinity : Math.abs(t_utc_s - this.#t_batch_s);
    if (off_s > AGAIN_S || (this.#isLiveBatch && watch.isPast)) void this.#askBatch(shown_ms);
    if (off_s > MOST_S) {
      if (this.now) this.now = null;
      return;
    }
    if (this.#isBusy) return;
    this.#isBusy = true;
    const spare = this.#spare.splice(0);
    this.#worker.postMessage({ type: "at", t_utc_s, isFlat: this.#wantsFlat > 0, spare } satisfies AskPositions, spare);
  }

  #hear(answer: Positions | Trouble): void {
    if (answer.type === "trouble") {
      this.trouble = answer.words;
      return;
    }
    this.#isBusy = false;
    this.trouble = null;
    if (answer.indices) this.indices = answer.indices;
    const old = this.now;
    this.now = answer;
    // the last frame's buffers are filled again: no garbage at one frame a second for a whole night
    if (old) this.#spare = [old.itrf_m.buffer as ArrayBuffer, ...(old.lonLat_deg ? [old.lonLat_deg.buffer as ArrayBuffer] : [])];
  }

  async #askBatch(shown_ms: number): Promise<void> {
    if (this.#isAsking || !watch.picture?.catalogue) return;
    this.#isAsking = true;
    try {
      const raw = await bytes("catalogue/positions", { at: isoOf(shown_ms) });
      this.trouble = null;
      if (raw.byteLength) this.give(raw, false);
    } catch (trouble) {
      this.trouble = trouble instanceof Error ? trouble.message : String(trouble);
    }
    // no storm of questions while the server has none
    setTimeout(() => (this.#isAsking = false), this.trouble ? 10_000 : 2000);
  }

  async #askNames(): Promise<void> {
    this.#t_names_ms = performance.now() + 30_000;
    try {
      const all = new Map<number, Named>();
      let start: number | null = 0;
      while (start !== null) {
        const page: { objects: Named[]; next: number | null } = await get("catalogue/objects", { start });
        for (const one of page.objects) all.set(one.index, one);
        start = page.next !== null && page.next > start ? page.next : null;
      }
      this.names = all;
    } catch {
      // names are a comfort: points are drawn without them
    }
  }
}

export const catalogue = new Catalogue();
