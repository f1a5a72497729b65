/** Time along a line: round instants in UTC for its marks, and where an instant falls. */

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

export interface Tick {
  t_ms: number;
  label: string;
}

/** Round instants between two, at most `most` of them: `12:05Z`, with seconds where the step is finer than a minute. */
export function ticks(from_ms: number, to_ms: number, most = 6): Tick[] {
  const span_s = (to_ms - from_ms) / 1000;
  if (!(span_s > 0) || most < 1) return [];
  const fit = STEPS_S.find((step) => span_s / step <= most);
  const step_s = fit ?? 86_400 * Math.ceil(span_s / 86_400 / most);
  const out: Tick[] = [];
  for (let t = Math.ceil(from_ms / 1000 / step_s) * step_s; t * 1000 <= to_ms; t += step_s) {
    const text = new Date(t * 1000).toISOString();
    const label = step_s >= 86_400 ? text.slice(5, 10) : `${text.slice(11, step_s < 60 ? 19 : 16)}Z`;
    out.push({ t_ms: t * 1000, label });
  }
  return out;
}

/** Share of the line at which an instant falls; outside 0 to 1 for what lies outside. */
export function along(t_ms: number, from_ms: number, to_ms: number): number {
  return to_ms > from_ms ? (t_ms - from_ms) / (to_ms - from_ms) : 0;
}

export interface Bar {
  from_ms: number;
  to_ms: number;
}

/**
 * Rows for bars so that none covers another: each goes to the first row that is free when it begins.
 *
 * Gives the row of every bar in the order given, and uses as few rows as any packing can: the greatest number of bars
 * that are open at once.
 */
export function packed(bars: readonly Bar[], gap_ms = 0): number[] {
  const order = bars.map((_, i) => i).sort((a, b) => bars[a]!.from_ms - bars[b]!.from_ms || bars[a]!.to_ms - bars[b]!.to_ms);
  const free_ms: number[] = [];
  const rows = new Array<number>(bars.length).fill(0);
  for (const i of order) {
    const bar = bars[i]!;
    let row = free_ms.findIndex((t) => t + gap_ms <= bar.from_ms);
    if (row < 0) row = free_ms.length;
    free_ms[row] = Math.max(bar.to_ms, bar.from_ms);
    rows[i] = row;
  }
  return rows;
}

/** The part of a bar that is on the line, as shares of it; null when none is. Too short a bar keeps `least` of width. */
export function onLine(bar: Bar, from_ms: number, to_ms: number, least = 0): { start: number; width: number } | null {
  if (bar.to_ms < from_ms || bar.from_ms > to_ms || to_ms <= from_ms) return null;
  const start = Math.max(0, along(bar.from_ms, from_ms, to_ms));
  const end = Math.min(1, along(bar.to_ms, from_ms, to_ms));
  const width = Math.max(least, end - start);
  return { start: Math.min(start, 1 - Math.min(1, width)), width: Math.min(1, width) };
}
