/** Where objects were when last believed: collected from pictures as they come, so that a track has a trail in LIVE and REPLAY. */
import type { Picture } from "../lib/model";
import { msOf } from "../lib/format";
import type { LonLat } from "./geodesics";

export interface TrailPoint {
  t_ms: number;
  lon_deg: number;
  lat_deg: number;
  height_m: number;
}

/** `journals/{name}/trails`: rows of time, latitude, longitude and height by object. */
export interface Told {
  trails: Record<string, [t_utc: string, lat_deg: number, lon_deg: number, altitude_km: number | null][]>;
}

const MOST_POINTS = 600;
const SHOWN_S = 900; // how much of a trail is drawn, and kept of what is there no more
const EACH = 4; // numbers a point: flat, a third of what objects would take, for a thousand trails all night

export class Trails {
  #by = new Map<string, number[]>(); // t_ms, lon_deg, lat_deg, height_m, oldest first

  /** Remember what a picture believes; a state that is known already, by its instant, is kept as it was. */
  take(picture: Picture | null): void {
    for (const one of picture?.objects ?? []) {
      const state = one.state;
      const t_ms = msOf(state?.t_utc);
      if (!state || t_ms === null || state.lat_deg === undefined || state.lon_deg === undefined) continue;
      this.#put(one.id, t_ms, state.lon_deg, state.lat_deg, (state.altitude_km ?? 0) * 1e3);
    }
    const now = msOf(picture?.t_now_utc);
    if (now === null) return;
    for (const [id, trail] of this.#by) if (trail[trail.length - EACH]! < now - SHOWN_S * 1000) this.#by.delete(id);
  }

  /** Remember what the journal holds from before the page was opened, or from where the clock was set. */
  recall(told: Told): void {
    for (const [id, rows] of Object.entries(told.trails)) {
      for (const [t_utc, lat_deg, lon_deg, altitude_km] of rows) {
        const t_ms = msOf(t_utc);
        if (t_ms !== null) this.#put(id, t_ms, lon_deg, lat_deg, (altitude_km ?? 0) * 1e3);
      }
    }
  }

  #put(id: string, t_ms: number, lon_deg: number, lat_deg: number, height_m: number): void {
    const trail = this.#by.get(id) ?? [];
    this.#by.set(id, trail);
    let at = trail.length;
    while (at > 0 && trail[at - EACH]! >= t_ms) at -= EACH;
    if (trail[at] === t_ms) return;
    trail.splice(at, 0, t_ms, lon_deg, lat_deg, height_m);
    if (trail.length > MOST_POINTS * EACH) trail.splice(0, EACH);
  }

  /** The points of an object up to an instant, oldest first. */
  of(id: string, until_ms: number, last_s = SHOWN_S): TrailPoint[] {
    const trail = this.#by.get(id) ?? [];
    const points: TrailPoint[] = [];
    for (let at = 0; at < trail.length; at += EACH) {
      const t_ms = trail[at]!;
      if (t_ms > until_ms || t_ms < until_ms - last_s * 1000) continue;
      points.push({ t_ms, lon_deg: trail[at + 1]!, lat_deg: trail[at + 2]!, height_m: trail[at + 3]! });
    }
    return points;
  }

  /** How many objects have one. */
  get count(): number {
    return this.#by.size;
  }

  /** Another journal is another night. */
  forget(): void {
    this.#by.clear();
  }
}

export const lonLats = (points: readonly TrailPoint[]): LonLat[] => points.map((p) => [p.lon_deg, p.lat_deg]);
