/** Announced things as `vedette notices list --json` says them, and their windows laid out on a line of time. */
import { msOf } from "../lib/format";
import type { Finding } from "../lib/model";
import { type Bar, onLine, packed } from "../panels/axis";

export interface NoticeWindow {
  from_utc: string;
  to_utc: string;
}

export interface NoticeArea {
  role?: string;
  name?: string;
  lat_deg?: number;
  lon_deg?: number;
  radius_km?: number;
  polygon_deg?: [number, number][];
}

export interface NoticeDocument {
  id: string;
  version?: number;
  kind: string;
  party: string;
  mode: string;
  issued_utc?: string;
  received_utc?: string;
  instrument?: string;
  class_name?: string;
  count?: number;
  grouping?: string;
  windows?: NoticeWindow[];
  planned_utc?: string;
  launch_areas?: NoticeArea[];
  hazard_areas?: NoticeArea[];
  azimuth_deg?: [number, number];
  text?: string;
}

export interface Foreseen {
  sensor: string;
  kind: string;
  share: number;
  first_s: number;
  first_90_s: [number, number];
  lasts_s: number;
}

export interface Case {
  id: string;
  state: string;
  is_cancelled: boolean;
  notice: NoticeDocument;
  history: string[];
  shortfalls: string[];
  doubts: string[];
  visibility?: Foreseen[];
}

/** Cases of what the server or the stream says: a document with `cases`, a list of cases, or a list of bare notices. */
export function casesOf(told: unknown): Case[] {
  const list = Array.isArray(told) ? told : ((told as { cases?: unknown; items?: unknown } | null)?.cases ?? (told as { items?: unknown } | null)?.items ?? []);
  return (list as Record<string, unknown>[]).filter((one) => one && typeof one === "object").map((one) => {
    if ("notice" in one) {
      return { shortfalls: [], doubts: [], history: [], is_cancelled: false, state: "expected", ...one } as unknown as Case;
    }
    const notice = one as unknown as NoticeDocument;
    return { id: notice.id, state: String(one["state"] ?? "expected"), is_cancelled: false, notice, history: [], shortfalls: [], doubts: [] };
  });
}

/** Cases with what the picture has seen of them: a notice that was matched says so, whatever the store alone could know. */
export function withSeen(cases: readonly Case[], events: readonly Finding[]): Case[] {
  const seen = new Map<string, string>();
  for (const event of events) {
    const [id, state] = [event.data?.["notice"], event.data?.["state"]];
    if (event.kind === "notice" && typeof id === "string" && typeof state === "string" && state !== "unnotified") seen.set(id, state);
  }
  return cases.map((one) => (seen.has(one.id) ? { ...one, state: seen.get(one.id)! } : one));
}

/** Two answers as one: every case of the first, with what the second adds to it, and those that only the second has. */
export function together(all: readonly Case[], near: readonly Case[]): Case[] {
  const more = new Map(near.map((one) => [one.id, one]));
  const known = new Set(all.map((one) => one.id));
  return [...all.map((one) => ({ ...one, ...(more.get(one.id)?.visibility ? { visibility: more.get(one.id)!.visibility! } : {}) })), ...near.filter((one) => !known.has(one.id))];
}

const URGENT = ["excess", "matched-deviating", "overdue", "open", "expected", "matched", "done", "not-flown"];

/** Those that need to be looked at first; then by when their next window opens. */
export function inOrder(cases: readonly Case[], t_now_ms: number | null): Case[] {
  const rank = (one: Case) => (URGENT.indexOf(one.state) + 1 || URGENT.length + 1) + (one.is_cancelled ? 20 : 0);
  const next = (one: Case) => Math.min(...spans(one).filter((bar) => t_now_ms === null || bar.to_ms >= t_now_ms).map((bar) => bar.from_ms), Infinity);
  return [...cases].sort((a, b) => rank(a) - rank(b) || (next(a) < next(b) ? -1 : next(a) > next(b) ? 1 : 0) || a.id.localeCompare(b.id));
}

/** The windows of a case, ms. */
export function spans(one: Case): Bar[] {
  return (one.notice.windows ?? []).flatMap((window) => {
    const [from_ms, to_ms] = [msOf(window.from_utc), msOf(window.to_utc)];
    return from_ms === null || to_ms === null ? [] : [{ from_ms, to_ms }];
  });
}

export interface LaidWindow {
  case: Case;
  from_ms: number;
  to_ms: number;
  start: number; // share of the line
  width: number;
  row: number;
}

/** Windows on a line from `from_ms` to `to_ms`, in as few rows as do not cover one another. */
export function laidOut(cases: readonly Case[], from_ms: number, to_ms: number): { windows: LaidWindow[]; rows: number } {
  const all = cases.flatMap((one) => spans(one).map((bar) => ({ case: one, ...bar, at: onLine(bar, from_ms, to_ms, 0.004) })));
  const seen = all.flatMap((one) => (one.at ? [{ ...one, ...one.at }] : []));
  // Packed by how they are drawn: a short window is widened and must not be covered either
  const drawn = seen.map((one) => ({ from_ms: one.start, to_ms: one.start + one.width }));
  const rows = packed(drawn, 0.004);
  return {
    windows: seen.map((one, i) => ({ case: one.case, from_ms: one.from_ms, to_ms: one.to_ms, start: one.start, width: one.width, row: rows[i]! })),
    rows: rows.length ? Math.max(...rows) + 1 : 0,
  };
}

/** Whether a window is open, and how long until it opens or closes, s. */
export function standing(bar: Bar, t_now_ms: number): { state: "ahead" | "open" | "past"; s: number } {
  if (t_now_ms < bar.from_ms) return { state: "ahead", s: (bar.from_ms - t_now_ms) / 1000 };
  if (t_now_ms <= bar.to_ms) return { state: "open", s: (bar.to_ms - t_now_ms) / 1000 };
  return { state: "past", s: (t_now_ms - bar.to_ms) / 1000 };
}
