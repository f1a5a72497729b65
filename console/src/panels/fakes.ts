/** For tests: a small picture, and a server that answers from a table. */
import type { Candidate, Picture, TrackedObject } from "../lib/model";
import { watch } from "../lib/state.svelte";

export const at = (s: number): string => new Date(Date.UTC(2031, 3, 1, 12) + 1000 * s).toISOString();

export function object(id: string, more: Partial<TrackedObject> = {}): TrackedObject {
  return {
    id, class: "short-range-ballistic", probabilities: { "short-range-ballistic": 0.97, other: 0.03 }, phase: "coast", apogee_km: 175, apogee_90_km: [174, 176],
    launch: null, burnout: null,
    impact: { lat_deg: 32.9, lon_deg: -23.23, t_90_utc: [at(478), at(503)], t_90_plus_s: [458, 482], downrange_90_km: null, is_conditional: false },
    impact_areas: [{ probability: 0.9, shape: "polygon", lat_deg: [32.8, 32.9, 33], lon_deg: [-23, -23.1, -23], area_km2: 1.1 }],
    state: { t_utc: at(299), t_plus_s: 280, lat_deg: 32, lon_deg: -26, altitude_km: 150, position_itrf_m: [1, 2, 3], velocity_itrf_mps: [1000, 1000, 1000] },
    sensors: ["ir-east", "radar-north"], quality: [], reasons_for: ["two phenomena agree"], reasons_against: ["could also be other 3 %"], ...more,
  } as TrackedObject;
}

export function candidate(id: string, more: Partial<Candidate> = {}): Candidate {
  return {
    id: `C-${id}`, subject: "object", object_id: id, sensors: ["ir-east", "radar-north"], t_first_utc: at(60), t_first_plus_s: 40, t_utc: at(299), t_plus_s: 280,
    evidence: "confirmed",
    explanations: [
      { name: "short-range-ballistic", probability: 0.96, reasons_for: ["falls at 62°"], reasons_against: [] },
      { name: "bolide", probability: 0.03, reasons_for: ["it is bright"], reasons_against: ["it climbed"] },
      { name: "sensor-fault", probability: 0.01, reasons_for: [], reasons_against: [] },
    ],
    notices: ["N-1"], marks: ["announced"], ...more,
  } as Candidate;
}

/** Let the store show a picture as a snapshot of the stream would. */
export function show(more: Partial<Picture> = {}): void {
  const picture = {
    mode: "SIMULATED", engine_version: "0", t_now_utc: at(300), t_now_plus_s: 280, counts: { scans: 1, detections: 1, quarantined: 0 }, no_launch: null,
    events: [], objects: [], alerts: [], candidates: [], raids: [], sensors: [], groups: [], noise_sources: [], sources: [], predictions: [], registration: [],
    catalogue: null, partners: [], joint: [], ...more,
  } as unknown as Picture;
  watch.hear({ type: "snapshot", seq: 1, journal: "night.sqlite", entry: 9, picture, desk: [], notices: [], audit_tail: null } as unknown as Parameters<typeof watch.hear>[0]);
}

/** Answers by the beginning of what is asked below /api/v1/; a list is told one after another, the last one from then on. */
export function serve(table: Record<string, unknown>): { asked: string[]; fetch: typeof fetch } {
  const asked: string[] = [];
  const told = new Map<string, number>();
  const answer = async (input: RequestInfo | URL): Promise<Response> => {
    const path = String(input).replace(/^.*\/api\/v1\//, "");
    asked.push(path);
    const key = Object.keys(table).filter((one) => path.startsWith(one)).sort((a, b) => b.length - a.length)[0];
    if (key === undefined) return new Response(JSON.stringify({ title: "Not found", detail: `no ${path} here` }), { status: 404 });
    const held = table[key];
    const n = told.get(key) ?? 0;
    told.set(key, n + 1);
    const body = Array.isArray(held) ? held[Math.min(n, held.length - 1)] : held;
    return new Response(JSON.stringify(body), { status: 200 });
  };
  return { asked, fetch: answer as typeof fetch };
}
