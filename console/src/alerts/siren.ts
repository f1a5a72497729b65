/** Which tone is due: new alerts at once, the grave ones again until somebody has acknowledged. Pure. */
import type { DeskAlert } from "../lib/model";
import { AGAIN_S } from "../lib/sound.svelte";
import { columnOf, rank, type Severity, severityOf } from "./life";

export interface Heard {
  /** By alert: the severity that was last sounded, and when (ms of any one clock). */
  sounded: ReadonlyMap<string, { severity: Severity; t_ms: number }>;
}

export const SILENT: Heard = { sounded: new Map() };
type Loud = keyof typeof AGAIN_S;
const isLoud = (severity: Severity): severity is Loud => severity in AGAIN_S;

export interface Due {
  tone: Loud | null;
  fresh: string[]; // alerts that are new, or graver than they were
  heard: Heard;
}

/** The one tone to play now (the gravest due), and what has then been sounded. */
export function due(alerts: readonly DeskAlert[], before: Heard, t_ms: number): Due {
  const sounded = new Map<string, { severity: Severity; t_ms: number }>();
  const fresh: string[] = [];
  let tone: Loud | null = null;
  for (const alert of alerts) {
    const severity = severityOf(alert);
    const last = before.sounded.get(alert.id);
    const isGraver = last === undefined || rank(severity) < rank(last.severity);
    const again_s = isLoud(severity) ? AGAIN_S[severity] : null;
    const isCalled = columnOf(alert) === "new" && again_s !== null && last !== undefined && t_ms - last.t_ms >= again_s * 1000;
    const isFresh = isGraver && columnOf(alert) !== "over";
    if (isFresh && isLoud(severity)) fresh.push(alert.id);
    const isSounding = isLoud(severity) && (isFresh || isCalled);
    if (isSounding && (tone === null || rank(severity) < rank(tone))) tone = severity;
    sounded.set(alert.id, { severity, t_ms: isSounding || last === undefined ? t_ms : last.t_ms });
  }
  return { tone, fresh, heard: { sounded } };
}
