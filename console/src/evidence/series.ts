/** What the plots draw: columns of figures over time, and the same as rows of their table twins. */
import { msOf } from "../lib/format";
import { chiSquareBand, chiSquareGate95 } from "../panels/binomial";
import type { LookRow } from "./model";

/** Columns for a plot: `t` in seconds since 1970 (UTC), then one column a line; null where there is no figure. */
export interface Series {
  t: number[];
  lines: { id: string; values: (number | null)[] }[];
}

interface Told {
  t_utc: string | null;
  t_plus_s: number | null;
}

/** Where a row stands on the time axis, s: UTC when it is known, else seconds after lift-off. */
export const secondsOf = (row: Told): number | null => {
  const ms = msOf(row.t_utc);
  return ms !== null ? ms / 1000 : row.t_plus_s;
};

/**
 * Probabilities over time, a line each for the `most` that were ever most probable; what is left is summed as "rest".
 *
 * At every instant the lines and the rest sum to what the probabilities summed to: nothing is hidden.
 */
export function probabilityLines(
  moments: readonly (Told & { probabilities: Record<string, number | null> })[],
  most = 6,
): Series {
  const rows = moments.flatMap((one) => {
    const t = secondsOf(one);
    return t === null ? [] : [{ t, p: one.probabilities }];
  });
  const highest = new Map<string, number>();
  for (const { p } of rows) {
    for (const [name, value] of Object.entries(p)) highest.set(name, Math.max(highest.get(name) ?? 0, value ?? 0));
  }
  const last = rows.at(-1)?.p ?? {};
  const names = [...highest.keys()].sort((a, b) => highest.get(b)! - highest.get(a)! || (last[b] ?? 0) - (last[a] ?? 0)).slice(0, most);
  names.sort((a, b) => (last[b] ?? 0) - (last[a] ?? 0));
  const kept = new Set(names);
  const lines = names.map((id) => ({ id, values: rows.map(({ p }) => p[id] ?? 0) as (number | null)[] }));
  if (highest.size > names.length) {
    const rest = rows.map(({ p }) => Object.entries(p).reduce((sum, [name, value]) => sum + (kept.has(name) ? 0 : (value ?? 0)), 0));
    lines.push({ id: "rest", values: rest });
  }
  return { t: rows.map((row) => row.t), lines };
}

/** What of a look is needed to judge it. */
export type Judgeable = Pick<LookRow, "t_utc" | "t_plus_s" | "sensor_id" | "nis" | "dof">;

/** Looks of which the tracker could say how far they lay from where it expected them. */
export function judged(looks: readonly Judgeable[]): (Judgeable & { t: number; nis: number; dof: number })[] {
  return looks
    .flatMap((look) => {
      const t = secondsOf(look);
      return t === null || look.nis === null || !look.dof ? [] : [{ ...look, t, nis: look.nis, dof: look.dof }];
    })
    .sort((a, b) => a.t - b.t);
}

/** Squared residual per number measured, one line a sensor; 1 where belief and noise are as stated. */
export function residualLines(looks: readonly Judgeable[]): Series {
  const rows = judged(looks);
  const sensors = [...new Set(rows.map((one) => one.sensor_id))];
  return {
    t: rows.map((one) => one.t),
    lines: sensors.map((id) => ({ id, values: rows.map((one) => (one.sensor_id === id ? one.nis / one.dof : null)) })),
  };
}

/** Below which value 95 % of the looks' NIS / dof are expected: the gate of the commonest number of figures a look. */
export function gateOf(looks: readonly Judgeable[]): number | null {
  const counts = new Map<number, number>();
  for (const one of judged(looks)) counts.set(one.dof, (counts.get(one.dof) ?? 0) + 1);
  const dof = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  return dof === undefined ? null : chiSquareGate95(dof) / dof;
}

export interface Honesty {
  looks: number;
  inside: number; // looks within their own 95 % gate
  mean: number; // squared residual per number
  band: [number, number] | null; // where the mean lies with 95 % if all is as stated and looks are independent
  verdict: "good" | "cautious" | "overconfident";
}

/** How honest the belief was, look by look; null before any look could be judged. */
export function honestyOf(looks: readonly Judgeable[]): Honesty | null {
  const rows = judged(looks);
  if (rows.length === 0) return null;
  const dof = rows.reduce((sum, one) => sum + one.dof, 0);
  const mean = rows.reduce((sum, one) => sum + one.nis, 0) / dof;
  const band = chiSquareBand(dof);
  const inside = rows.filter((one) => one.nis <= chiSquareGate95(one.dof)).length;
  const verdict = band && mean > band[1] ? "overconfident" : band && mean < band[0] ? "cautious" : "good";
  return { looks: rows.length, inside, mean, band, verdict };
}

/** Any figures of moments over time, for a logarithmic plot: what is not above zero is left out. */
export function positiveLines<T extends Told>(moments: readonly T[], take: Record<string, (one: T) => number | null>): Series {
  const rows = moments.flatMap((one) => {
    const t = secondsOf(one);
    return t === null ? [] : [{ t, one }];
  });
  const lines = Object.entries(take).map(([id, of]) => ({
    id,
    values: rows.map(({ one }) => {
      const value = of(one);
      return value !== null && value > 0 ? value : null;
    }),
  }));
  return { t: rows.map((row) => row.t), lines: lines.filter((line) => line.values.some((value) => value !== null)) };
}

/** At most `most` rows, first and last among them, evenly taken: a plot of 460 px needs no more. */
export function thinned(series: Series, most: number): Series {
  const n = series.t.length;
  if (n <= most || most < 2) return series;
  const keep = Array.from({ length: most }, (_, i) => Math.round((i * (n - 1)) / (most - 1)));
  return { t: keep.map((i) => series.t[i]!), lines: series.lines.map(({ id, values }) => ({ id, values: keep.map((i) => values[i]!) })) };
}
