/** When each sensor was heard, as this page saw it: its usual pause, and the gaps that are longer. Pure but for its own list. */
import { msOf } from "../lib/format";
import type { Source } from "../lib/model";

export const LEAST_GAP_S = 5;
export const GAP_TIMES = 3;
const MOST = 1200; // instants kept of a sensor: an hour at one look in three seconds

export interface Hearing {
  t_s: number[]; // when it was heard, picture's time, s since 1970, rising
  usual_s: number | null; // the middle of its pauses; null of fewer than three
  gaps: [number, number][];
}

export class HeardLog {
  #at = new Map<string, number[]>();

  /** Take the sources of one picture; an instant that is not newer than the last is no new hearing. */
  take(sources: readonly Source[]): void {
    for (const one of sources) {
      const ms = msOf(one.t_heard_utc);
      if (ms === null) continue;
      const times = this.#at.get(one.sensor_id) ?? [];
      const t_s = ms / 1000;
      if (times.length && t_s <= times.at(-1)!) continue;
      times.push(t_s);
      if (times.length > MOST) times.splice(0, times.length - MOST);
      this.#at.set(one.sensor_id, times);
    }
  }

  clear(): void {
    this.#at.clear();
  }

  /** What is known of one sensor up to an instant, which may lie in the past. */
  of(sensor_id: string, t_now_s: number): Hearing {
    const t_s = (this.#at.get(sensor_id) ?? []).filter((t) => t <= t_now_s);
    const pauses = t_s.slice(1).map((t, i) => t - t_s[i]!);
    const usual_s = pauses.length < 3 ? null : [...pauses].sort((a, b) => a - b)[Math.floor(pauses.length / 2)]!;
    const least = limit_s(usual_s);
    const gaps = t_s.slice(1).flatMap((t, i) => (t - t_s[i]! > least ? [[t_s[i]!, t] as [number, number]] : []));
    const last = t_s.at(-1);
    if (last !== undefined && t_now_s - last > least) gaps.push([last, t_now_s]);
    return { t_s, usual_s, gaps };
  }
}

/** A pause longer than this is a gap, s: three times the usual one, and five seconds at least. */
export const limit_s = (usual_s: number | null): number => Math.max(LEAST_GAP_S, GAP_TIMES * (usual_s ?? 0), usual_s === null ? 30 : 0);

/** How a feed stands by its silence alone: fresh, late (a gap has begun), quiet (twice that). */
export function freshness(quiet_s: number | null, usual_s: number | null): "fresh" | "late" | "quiet" | "unknown" {
  if (quiet_s === null) return "unknown";
  const least = limit_s(usual_s);
  return quiet_s <= least ? "fresh" : quiet_s <= 2 * least ? "late" : "quiet";
}
