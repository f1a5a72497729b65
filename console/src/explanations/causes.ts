/** What something may be, in the four groups of reports/explanations.py: threats, other launches, nature, faults. */
import { percent } from "../lib/format";
import type { Explanation } from "../lib/model";

export const GROUPS = ["threat", "launch", "nature", "fault", "unknown"] as const;
export type Group = (typeof GROUPS)[number];

const OF: Record<string, Group> = {
  "short-range-ballistic": "threat", "medium-range-ballistic": "threat", "intermediate-range-ballistic": "threat",
  "intercontinental-ballistic": "threat", "submarine-launched-ballistic": "threat", glide: "threat", "cruise-or-aircraft": "threat",
  "uncrewed-small": "threat",
  "space-launch": "launch", "failed-launch": "launch", "sounding-rocket": "launch",
  satellite: "nature", "decaying-body": "nature", bolide: "nature", "fire-or-flare": "nature", glint: "nature",
  "moon-or-sun": "nature", aurora: "nature", "solar-noise": "nature",
  jamming: "fault", "sensor-fault": "fault", "common-fault": "fault", "test-data": "fault", "message-fault": "fault", procedure: "fault",
  unknown: "unknown",
};

/** The group of a cause; a name that is new to this console is "unknown", never hidden. */
export const groupOf = (name: string): Group => OF[name] ?? "unknown";

export interface GroupSum {
  group: Group;
  probability: number;
  members: Explanation[]; // most probable first
}

/** Explanations by group, each with its sum: a threat is never shown without what nature and faults would say. */
export function grouped(explanations: readonly Explanation[]): GroupSum[] {
  return GROUPS.map((group) => {
    const members = explanations.filter((one) => groupOf(one.name) === group).sort((a, b) => b.probability - a.probability);
    return { group, members, probability: members.reduce((sum, one) => sum + one.probability, 0) };
  });
}

/** The most probable of a group; null where it has none. */
export function leadingOf(explanations: readonly Explanation[], ...groups: Group[]): Explanation | null {
  let best: Explanation | null = null;
  for (const one of explanations) {
    if (groups.includes(groupOf(one.name)) && (best === null || one.probability > best.probability)) best = one;
  }
  return best;
}

/** Odds that people can hold: `233 to 1`; null where one side is nothing. */
export function odds(p: number): string | null {
  if (!(p > 0) || !(p < 1)) return null;
  const ratio = p >= 0.5 ? p / (1 - p) : (1 - p) / p;
  if (ratio > 1e6) return null;
  const round = ratio >= 10 ? Math.round(ratio).toLocaleString("en").replaceAll(",", "\u202f") : ratio.toFixed(1).replace(/\.0$/, "");
  return p >= 0.5 ? `${round} : 1` : `1 : ${round}`;
}

/** A probability as people read it. The wire tells six decimals: what is 0 there is less than a thousandth of a per cent. */
export function chance(p: number): string {
  if (p < 5e-6) return "<0.001 %";
  if (p >= 0.9995) return ">99.9 %";
  return percent(p, p < 0.001 ? 3 : p < 0.01 ? 2 : p < 0.1 || p > 0.99 ? 1 : 0);
}
