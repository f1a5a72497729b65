/** Rows of the track table: one thing each, its figures in the units of the table; and their columns and order. */
import type { Picture, TrackedObject } from "../lib/model";
import { msOf } from "../lib/format";

export interface Row {
  id: string;
  /** "track" is what the watch follows, "catalogue" what is known to be up there. */
  kind: "track" | "catalogue";
  name: string;
  class: string;
  p: number | null; // probability of the class
  phase: string;
  evidence: string;
  alt: number | null; // km
  speed: number | null; // m/s, relative to the rotating Earth
  lat: number | null;
  lon: number | null;
  sigma: number | null; // km, one sigma of the place
  age: number | null; // s since the state, at the picture's time
  launch: number | null; // ms
  impact: number | null; // ms, first of the 90 % interval
  togo: number | null; // s until then
  sensors: string[];
  notices: string[];
  marks: string[];
  looks: number | null;
}

export type ColumnId = Exclude<keyof Row, "kind" | "notices" | "marks">;
export interface Column {
  id: ColumnId;
  unit: string; // as written in the head; empty where it has none
  isNumber: boolean;
  width: number; // px, where there is room
  least: number;
  of: "track" | "catalogue" | "both";
}

export const COLUMNS: readonly Column[] = [
  { id: "id", unit: "", isNumber: false, width: 84, least: 60, of: "both" },
  { id: "name", unit: "", isNumber: false, width: 190, least: 120, of: "catalogue" },
  { id: "class", unit: "", isNumber: false, width: 178, least: 146, of: "both" },
  { id: "p", unit: "%", isNumber: true, width: 64, least: 62, of: "track" },
  { id: "phase", unit: "", isNumber: false, width: 84, least: 64, of: "track" },
  { id: "evidence", unit: "", isNumber: false, width: 100, least: 100, of: "track" },
  { id: "alt", unit: "km", isNumber: true, width: 92, least: 82, of: "both" },
  { id: "speed", unit: "m/s", isNumber: true, width: 92, least: 80, of: "both" },
  { id: "lat", unit: "°N", isNumber: true, width: 74, least: 66, of: "both" },
  { id: "lon", unit: "°E", isNumber: true, width: 78, least: 68, of: "both" },
  { id: "sigma", unit: "km", isNumber: true, width: 90, least: 84, of: "track" },
  { id: "age", unit: "s", isNumber: true, width: 68, least: 56, of: "track" },
  { id: "launch", unit: "UTC", isNumber: true, width: 92, least: 90, of: "track" },
  { id: "impact", unit: "UTC", isNumber: true, width: 92, least: 90, of: "track" },
  { id: "togo", unit: "", isNumber: true, width: 70, least: 62, of: "track" },
  { id: "looks", unit: "", isNumber: true, width: 64, least: 64, of: "catalogue" },
  { id: "sensors", unit: "", isNumber: false, width: 230, least: 122, of: "both" },
];

const speedOf = (v: readonly number[] | undefined) => (v && v.length === 3 ? Math.hypot(v[0]!, v[1]!, v[2]!) : null);

/** One sigma of the place, km: root of the mean variance along the three axes. */
export function placeSigma_km(object: TrackedObject): number | null {
  const cov = object.state?.["covariance_itrf"] as number[][] | undefined;
  if (!cov || cov.length < 3) return null;
  const sum = cov[0]![0]! + cov[1]![1]! + cov[2]![2]!;
  return sum >= 0 ? Math.sqrt(sum / 3) / 1e3 : null;
}

/** The row of one object of a picture. */
export function rowOf(object: TrackedObject, picture: Picture): Row {
  const candidate = picture.candidates.find((one) => one.object_id === object.id);
  const now = msOf(picture.t_now_utc);
  const t_state = msOf(object.state?.t_utc);
  const impact = msOf(object.impact?.t_90_utc[0]);
  // before a flight has been fitted its class is open, and what its looks may be is what its alert says too
  const leading = object.class === "other" ? candidate?.explanations[0] : undefined;
  return {
    id: object.id,
    kind: "track",
    name: object.id,
    class: leading?.name ?? object.class,
    p: leading?.probability ?? object.probabilities[object.class] ?? null,
    phase: object.phase,
    evidence: candidate?.evidence ?? "",
    alt: object.state?.altitude_km ?? null,
    speed: speedOf(object.state?.velocity_itrf_mps),
    lat: object.state?.lat_deg ?? null,
    lon: object.state?.lon_deg ?? null,
    sigma: placeSigma_km(object),
    age: now !== null && t_state !== null ? (now - t_state) / 1000 : null,
    launch: msOf(object.launch?.t_utc),
    impact,
    togo: impact !== null && now !== null ? (impact - now) / 1000 : null,
    sensors: object.sensors,
    notices: candidate?.notices ?? [],
    marks: [...new Set([...object.quality, ...(candidate?.marks ?? [])])],
    looks: null,
  };
}

/** All rows of a picture; candidates are looked up once, so that a thousand tracks cost a thousand steps. */
export function rowsOf(picture: Picture): Row[] {
  const by = new Map(picture.candidates.map((one) => [one.object_id, one]));
  const slim = { ...picture, candidates: [] as Picture["candidates"] };
  return picture.objects.map((object) => {
    const mine = by.get(object.id);
    slim.candidates = mine ? [mine] : [];
    return rowOf(object, slim);
  });
}

/** Rows in the order of a column; what has no value comes last both ways, equal ones keep their order. */
export function sorted(rows: readonly Row[], column: ColumnId, isDown: boolean): Row[] {
  const sign = isDown ? -1 : 1;
  const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const value = (row: Row): string | number | null => {
    const it = row[column];
    if (Array.isArray(it)) return it.length ? it.join(", ") : null;
    if (typeof it === "number") return Number.isFinite(it) ? it : null;
    return it === "" ? null : it;
  };
  return rows
    .map((row, i) => ({ row, i, value: value(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return (a.value === null ? 1 : 0) - (b.value === null ? 1 : 0) || a.i - b.i;
      const by =
        typeof a.value === "number" && typeof b.value === "number"
          ? a.value - b.value
          : words.compare(String(a.value), String(b.value));
      return sign * by || a.i - b.i;
    })
    .map((one) => one.row);
}
