/** The timeline of looks: a lane a sensor, a mark a look; and the gaps in which a sensor that had seen it did not look. */
import type { LookRow } from "./model";
import { secondsOf } from "./series";

export interface Lane {
  sensor_id: string;
  kind: string;
  found: number[]; // s
  late: number[]; // found, but heard after newer ones
  vain: number[]; // looked and found nothing
  gaps: [number, number][]; // no look at all for longer than three times its usual pause
  first: number;
  last: number;
}

export const GAP_TIMES = 3;

/** Lanes in the order in which sensors first saw it. */
export function lanesOf(looks: readonly LookRow[]): Lane[] {
  const lanes = new Map<string, Lane & { all: number[] }>();
  for (const look of looks) {
    const t = secondsOf(look);
    if (t === null) continue;
    let lane = lanes.get(look.sensor_id);
    if (!lane) {
      lane = { sensor_id: look.sensor_id, kind: look.kind, found: [], late: [], vain: [], gaps: [], first: t, last: t, all: [] };
      lanes.set(look.sensor_id, lane);
    }
    (look.found ? (look.overtaken ? lane.late : lane.found) : lane.vain).push(t);
    lane.all.push(t);
    lane.first = Math.min(lane.first, t);
    lane.last = Math.max(lane.last, t);
  }
  const firstFound = (lane: Lane) => Math.min(...lane.found, ...lane.late, Infinity);
  return [...lanes.values()]
    .map(({ all, ...lane }) => ({ ...lane, gaps: gapsOf(all) }))
    .sort((a, b) => firstFound(a) - firstFound(b) || a.first - b.first);
}

/** Pauses longer than `times` the usual one (the middle of all pauses); of fewer than four looks nothing can be said. */
export function gapsOf(times_s: readonly number[], times = GAP_TIMES): [number, number][] {
  const sorted = [...times_s].sort((a, b) => a - b);
  const pauses = sorted.slice(1).map((t, i) => t - sorted[i]!).filter((pause) => pause > 1e-3);
  if (pauses.length < 3) return [];
  const usual = [...pauses].sort((a, b) => a - b)[Math.floor(pauses.length / 2)]!;
  return sorted.slice(1).flatMap((t, i) => (t - sorted[i]! > times * usual ? [[sorted[i]!, t] as [number, number]] : []));
}
