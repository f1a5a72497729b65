/** The one scene that map, globe and table twin show: made anew when the picture, the clock or the selection change. */
import { get } from "../lib/api";
import { clock } from "../lib/clock.svelte";
import { age, isoOf, km, percent, place as placeWords, span } from "../lib/format";
import { named, t } from "../lib/i18n";
import type { TrackedObject } from "../lib/model";
import { watch } from "../lib/state.svelte";
import { KIND_TRACKS } from "./batch";
import { Crowd } from "./crowd";
import { layers } from "./layers.svelte";
import { makeScene, Memory, type Scene, type Tone, type TrackShape } from "./scene";
import { readSensors, type SensorPlace } from "./sensors";
import { type Told, Trails } from "./trails";

const AGAIN_MS = 20_000; // satellites move; sites do not mind
const AFTER_TROUBLE_MS = 10_000;
const JUMP_MS = 60_000; // of the clock: asked anew at once

class Drawn {
  sensors = $state.raw<SensorPlace[]>([]);
  sensorsTrouble = $state<string | null>(null);
  #trails = new Trails();
  #memory = new Memory();
  #crowd = new Crowd();
  #crowdCame = $state(0);
  #recalled = $state(0); // how often trails of before came
  #recalled_of: string | null = null;
  #deaf: (() => void) | undefined;
  #journal: string | null = null;
  #users = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** The instant that is drawn: the clock's, the picture's, or the server's before any report came. */
  readonly t_ms = $derived(clock.shown_ms ?? watch.t_picture_ms ?? Math.floor(watch.t_server_ms / 10_000) * 10_000);

  readonly scene: Scene = $derived.by(() => {
    if (watch.journal !== this.#journal) {
      this.#journal = watch.journal;
      this.#trails.forget();
      this.#crowd.forget();
    }
    this.#trails.take(watch.picture);
    void this.#crowdCame;
    void this.#recalled;
    return makeScene(
      {
        picture: watch.picture,
        desk: watch.desk,
        notices: watch.notices,
        sensors: this.sensors,
        selection: watch.selection,
        selectedObjects: watch.selectedObjects,
        t_ms: this.t_ms,
        fieldHeight_km: layers.fieldHeight_km,
        trail: (id, until) => this.#trails.of(id, until),
        isShown: (object) => isShown(object),
        fresh: (id) => (watch.isPast ? null : this.#crowd.of(id)),
      },
      this.#memory,
    );
  });

  #due_ms = 0;
  #asked_at_ms: number | null = null;
  #isAsking = false;

  /** Keep the sensors' places fresh while somebody draws; gives the way to stop. */
  follow(): () => void {
    if (this.#users++ === 0) {
      this.#timer = setInterval(() => this.#tick(), 1000);
      this.#tick();
      this.#deaf = watch.onBinary((bytes) => {
        if (new DataView(bytes).getUint16(6, true) !== KIND_TRACKS) return;
        this.#crowd.take(bytes);
        this.#crowdCame++;
      });
    }
    return () => {
      if (--this.#users > 0) return;
      clearInterval(this.#timer);
      this.#deaf?.();
    };
  }

  #tick(): void {
    const at = clock.shown_ms;
    const isJumped = at !== null && this.#asked_at_ms !== null && Math.abs(at - this.#asked_at_ms) > JUMP_MS;
    if (this.#isAsking || watch.picture === null) return;
    if (watch.journal !== this.#recalled_of || isJumped) void this.#recall();
    if (performance.now() < this.#due_ms && !(isJumped && this.sensorsTrouble === null)) return;
    void this.#askSensors(at);
  }

  /** Trails begin where the journal has them, and not where the page was opened. */
  async #recall(): Promise<void> {
    const journal = watch.journal;
    if (journal === null || watch.picture?.t_now_utc == null) return;
    this.#recalled_of = journal;
    const at = clock.isLive ? null : isoOf(this.t_ms);
    const told = await get<Told & { state?: string }>(`journals/${encodeURIComponent(journal)}/trails`, { at }).catch(() => null);
    if (told?.trails && watch.journal === journal) {
      this.#trails.recall(told);
      this.#recalled++;
    } else if (watch.journal === journal) {
      setTimeout(() => (this.#recalled_of = null), AFTER_TROUBLE_MS); // its reel is still being made
    }
  }

  async #askSensors(at: number | null): Promise<void> {
    this.#isAsking = true;
    this.#asked_at_ms = at;
    try {
      this.sensors = readSensors(await get<unknown>("sensors", { at: at === null ? null : isoOf(at) }));
      this.sensorsTrouble = null;
      this.#due_ms = performance.now() + AGAIN_MS;
    } catch (trouble) {
      this.sensorsTrouble = trouble instanceof Error ? trouble.message : String(trouble);
      this.#due_ms = performance.now() + AFTER_TROUBLE_MS;
    } finally {
      this.#isAsking = false;
    }
  }
}

function isShown(object: TrackedObject): boolean {
  const { classes, phases, text, isLostShown } = watch.filters;
  if (classes.length && !classes.includes(object.class)) return false;
  if (phases.length && !phases.includes(object.phase)) return false;
  if (!isLostShown && (object.phase === "lost" || object.phase === "down")) return false;
  return !text || `${object.id} ${object.class} ${object.phase} ${object.sensors.join(" ")}`.toLowerCase().includes(text.toLowerCase());
}

export const drawn = new Drawn();

/** The board's word for a severity; our own for what no alert is about. */
export const toneWords = (tone: Tone): string => t(tone === "track" || tone === "past" ? `map.tone.${tone}` : `alerts.severity.${tone}`);

// --- words that map, globe, card and table share -------------------------------------------------------------------

/** `4:10 – 4:32` until the impact, as an interval and never as an instant; empty when there is none or it is over. */
export function impactWords(track: TrackShape): string {
  const { impact } = track;
  if (!impact || impact.from_s === null || impact.to_s === null) return "";
  if (track.tone === "past" || impact.to_s < 0) return track.phase === "down" ? t("map.impact.past") : "";
  const interval = `${span(Math.max(0, impact.from_s))} – ${span(impact.to_s)}`;
  return t(impact.isConditional ? "map.impact.if" : "map.impact", { interval });
}

export function trackWords(track: TrackShape): [string, string] {
  const what = track.className === "other" || track.className === "unclassified" ? "" : ` · ${named("class", track.className)}`;
  const sure = what && track.probability > 0 ? ` ${percent(track.probability)}` : "";
  const old = track.age_s !== null && track.age_s > 12 && track.tone !== "past" ? t("map.age", { age: age(track.age_s) }) : "";
  return [`${track.id}${what}${sure}`, impactWords(track) || old];
}

export interface Row {
  kind: "object" | "sensor" | "noise" | "group" | "notice" | "strobe";
  id: string;
  what: string;
  place: string;
  height: string;
  speed: string;
  doubt: string;
  impact: string;
  age: string;
}

const SIGMAS_90 = 2.146;

/** The table twin: a line for everything that is drawn, the most pressing first. */
export function rowsOf(scene: Scene): Row[] {
  const none = { height: "–", speed: "–", doubt: "–", impact: "–", age: "–" };
  return [
    ...[...scene.tracks].reverse().map((one): Row => {
      const area = scene.areas.find((a) => a.owner.id === one.id && a.of === "impact" && a.probability === 0.9);
      return {
        kind: "object",
        id: one.id,
        what: [toneWords(one.tone), trackWords(one)[0].replace(`${one.id} · `, ""), named("phase", one.phase)].join(", "),
        place: placeWords(one.place[1], one.place[0]),
        height: km(one.height_km),
        speed: one.speed_mps === null ? "–" : `${(one.speed_mps / 1000).toFixed(1)} km/s`,
        doubt: area ? `${area.area_km2.toFixed(area.area_km2 < 10 ? 1 : 0)} km²` : one.ellipse ? `±${(one.ellipse.major_km * SIGMAS_90).toFixed(1)} km` : "–",
        impact: impactWords(one) || "–",
        age: age(one.age_s),
      };
    }),
    ...scene.spots.map((one): Row => ({ ...none, kind: one.kind, id: one.id, what: one.text, place: placeWords(one.place[1], one.place[0]), height: km(one.height_km) })),
    ...scene.strobes.map((one): Row => ({
      ...none,
      kind: "strobe",
      id: one.sensor,
      what: `${t("map.rise", { db: one.noise_rise_db.toFixed(1) })}, ${one.azimuth_deg.toFixed(1)}°`,
      place: "–",
      doubt: `±${(1.645 * one.sigma_deg).toFixed(1)}°`,
    })),
    ...scene.sensors.map((one): Row => ({
      ...none,
      kind: "sensor",
      id: one.id,
      what: `${named("kind", one.kind)}, ${t(`map.condition.${one.condition}`)}${one.noise_rise_db > 0.5 ? `, ${t("map.rise", { db: one.noise_rise_db.toFixed(1) })}` : ""}`,
      place: placeWords(one.place[1], one.place[0]),
      height: one.isInSpace ? km(one.height_km) : `${Math.round(one.height_km * 1000)} m`,
    })),
    ...[...new Map(scene.notices.map((one) => [one.id, one])).values()].map((one): Row => ({
      ...none,
      kind: "notice",
      id: one.id,
      what: one.role,
      place: placeWords(one.ring[0]?.[1], one.ring[0]?.[0]),
    })),
  ];
}
