/** One row for each sensor: its condition, its feed and its registration, brought together by its name. */
import { msOf } from "../lib/format";
import type { Picture, Registration, SensorHealth, Source } from "../lib/model";
import { freshness, type Hearing, type HeardLog } from "./heard";

export interface SensorRow {
  id: string;
  health: SensorHealth | null;
  source: Source | null;
  registration: Registration | null;
  quiet_s: number | null;
  hearing: Hearing;
  feed: "fresh" | "late" | "quiet" | "unknown";
}

/** Rows of a picture: what troubles comes first, then by name. */
export function sensorRows(picture: Picture, log: HeardLog, t_now_ms: number | null): SensorRow[] {
  const ids = [...new Set([...picture.sensors.map((one) => one.id), ...picture.sources.map((one) => one.sensor_id), ...picture.registration.map((one) => one.sensor_id)])];
  const health = new Map(picture.sensors.map((one) => [one.id, one]));
  const source = new Map(picture.sources.map((one) => [one.sensor_id, one]));
  const registration = new Map(picture.registration.map((one) => [one.sensor_id, one]));
  const rows = ids.map((id): SensorRow => {
    const t_heard = msOf(source.get(id)?.t_heard_utc);
    const quiet_s = t_heard === null || t_now_ms === null ? null : Math.max(0, (t_now_ms - t_heard) / 1000);
    const hearing = log.of(id, (t_now_ms ?? 0) / 1000);
    return {
      id, health: health.get(id) ?? null, source: source.get(id) ?? null, registration: registration.get(id) ?? null, quiet_s, hearing,
      feed: freshness(quiet_s, hearing.usual_s),
    };
  });
  return rows.sort((a, b) => pressing(b) - pressing(a) || a.id.localeCompare(b.id, "en", { numeric: true }));
}

/** How much a row needs to be looked at. */
export function pressing(row: SensorRow): number {
  if (row.health?.condition === "silent") return 4;
  if (row.health?.condition === "degraded") return 3;
  if (row.feed === "quiet" || row.registration?.state === "alarm") return 2;
  return row.feed === "late" || (row.source?.doubts.length ?? 0) > 0 || row.source?.is_overloaded ? 1 : 0;
}

/** `azimuth_rad` and its like in the unit of doors: a value with its unit. */
export function biasWords(term: string, value: number, sigma: number): { name: string; value: string; sigma: string } {
  const made = (name: string, factor: number, unit: string, digits: number) => ({
    name: name.replaceAll("_", " "),
    value: `${value < 0 ? "−" : "+"}${Math.abs(value * factor).toFixed(digits)} ${unit}`,
    sigma: `${(sigma * factor).toFixed(digits)} ${unit}`,
  });
  if (term.endsWith("_rad")) return made(term.slice(0, -4), 180 / Math.PI, "°", 4);
  if (term.endsWith("_mps")) return made(term.slice(0, -4), 1, "m/s", 2);
  if (term.endsWith("_km")) return made(term.slice(0, -3), 1, "km", 3);
  if (term.endsWith("_deg")) return made(term.slice(0, -4), 1, "°", 4);
  if (term.endsWith("_m")) return made(term.slice(0, -2), 1, "m", 1);
  if (term.endsWith("_s")) return made(term.slice(0, -2), 1, "s", 4);
  return made(term, 1, "", 4);
}
