/** Where things stand on the time line: shares of its length, near marks of one kind drawn once. Pure. */
import { msOf } from "../lib/format";
import type { Finding } from "../lib/model";

export interface Mark {
  share: number; // 0 at the left end, 1 at the right
  tone: "alert" | "track" | "sensor" | "quiet";
  t_ms: number;
  texts: string[];
}

const ALERT = new Set(["evidence", "impact-predicted", "impact-withdrawn", "raid"]);
const SENSOR = new Set(["sensor-degraded", "sensor-restored", "interference", "doubt", "quarantined", "registration"]);
const TRACK = new Set(["launch", "burnout", "separation", "classified", "apogee", "ignition", "orbit", "lost"]);

export const toneOf = (kind: string): Mark["tone"] =>
  ALERT.has(kind) ? "alert" : SENSOR.has(kind) ? "sensor" : TRACK.has(kind) ? "track" : "quiet";

/** Marks of what was said, at the instant it was said, so that the line shows what was known when. */
export function marksOf(events: readonly Finding[], from_ms: number, to_ms: number, cells = 300): Mark[] {
  const length = to_ms - from_ms;
  if (!(length > 0)) return [];
  const found = new Map<string, Mark>();
  for (const event of events) {
    const t_ms = msOf(event.t_declared_utc ?? event.t_utc);
    if (t_ms === null) continue;
    const share = (t_ms - from_ms) / length;
    if (share < 0 || share > 1) continue;
    const tone = toneOf(event.kind);
    const key = `${tone} ${Math.round(share * cells)}`;
    const mark = found.get(key) ?? { share, tone, t_ms, texts: [] };
    mark.texts.push(`${event.object_id} ${event.text}`.trim());
    found.set(key, mark);
  }
  return [...found.values()].sort((a, b) => a.share - b.share);
}

/** Round instants to write under the line: at most `most` of them. */
export function ticksOf(from_ms: number, to_ms: number, most = 8): number[] {
  const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const step = (STEPS_S.find((s) => (to_ms - from_ms) / 1000 / s <= most) ?? 86400) * 1000;
  const ticks: number[] = [];
  for (let t = Math.ceil(from_ms / step) * step; t <= to_ms; t += step) ticks.push(t);
  return ticks.length > 60 ? [] : ticks;
}
