/** Sensors as the server tells of them, read tolerantly: what is missing is unknown, and never hides a sensor. */
import { GEOSTATIONARY_M, geodeticFromItrf, itrfFromGeodetic, SPIN_RADPS, MU_M3_S2, DEG, type Place, type Vec3 } from "./earth";

export interface Field {
  azimuth_min_deg?: number;
  azimuth_max_deg?: number;
  elevation_min_deg?: number;
  elevation_max_deg?: number;
  range_min_km?: number;
  range_max_km?: number;
  skip_km?: number;
  ground_range_max_km?: number;
  off_nadir_max_deg?: number;
}

export interface SensorPlace {
  id: string;
  kind: string;
  site: Place | null;
  /** Where a satellite stands at an instant (ms since 1970); null for sites, and when nobody said. */
  position: ((t_ms: number) => Vec3) | null;
  field: Field;
}

const FIELDS = [
  "azimuth_min_deg",
  "azimuth_max_deg",
  "elevation_min_deg",
  "elevation_max_deg",
  "range_min_km",
  "range_max_km",
  "skip_km",
  "ground_range_max_km",
  "off_nadir_max_deg",
] as const;

const SPACE_KM = 100;

type Told = Record<string, unknown>;
const number = (value: unknown): number | undefined => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const table = (value: unknown): Told => (typeof value === "object" && value !== null ? (value as Told) : {});

/** Sensors of an answer of `GET sensors`: a list, or a page with `items`. */
export function readSensors(answer: unknown): SensorPlace[] {
  const rows = Array.isArray(answer) ? answer : (table(answer)["sensors"] ?? table(answer)["items"]);
  return (Array.isArray(rows) ? rows : []).map(readSensor).filter((one): one is SensorPlace => one !== null);
}

export function readSensor(row: unknown): SensorPlace | null {
  const told = table(row);
  const id = told["id"] ?? told["name"];
  if (typeof id !== "string") return null;
  const kind = String(told["kind"] ?? "sensor");
  const field: Field = {};
  const inner = { ...told, ...table(told["field"]), ...table(told["field_of_regard"]) } as Told;
  for (const name of FIELDS) {
    const value = number(inner[name]);
    if (value !== undefined) field[name] = value;
  }
  const place = table(told["place"]);
  const at = { ...told, ...table(told["site"]), ...place } as Told;
  const [lat, lon] = [number(at["lat_deg"]), number(at["lon_deg"])];
  const orbit = told["orbit"] ?? null;
  const height_km = number(place["height_km"]);
  const isInSpace = orbit !== null || (height_km ?? 0) > SPACE_KM;
  const isSite = !isInSpace && lat !== undefined && lon !== undefined;
  return {
    id,
    kind,
    site: isSite ? { lat_deg: lat, lon_deg: lon, height_m: number(at["height_m"]) ?? (height_km ?? 0) * 1e3 } : null,
    position: isSite ? null : (orbitOf(told, table(orbit)) ?? null),
    field,
  };
}

/** The way of a satellite: by its orbit when that is told, else from the position it was told at. */
function orbitOf(told: Told, orbit: Told): ((t_ms: number) => Vec3) | undefined {
  const semiMajor = number(orbit["semi_major_axis_km"]);
  if (semiMajor !== undefined) return kepler(orbit, semiMajor);
  const told_m = told["position_itrf_m"];
  if (Array.isArray(told_m) && told_m.length === 3 && told_m.every((v) => number(v) !== undefined)) {
    const fixed = told_m as unknown as Vec3;
    return () => fixed;
  }
  const lon = number(orbit["lon_deg"]);
  if (lon !== undefined) {
    const here: Vec3 = [GEOSTATIONARY_M * Math.cos(lon * DEG), GEOSTATIONARY_M * Math.sin(lon * DEG), 0];
    return () => here;
  }
  const place = table(told["place"]);
  const [lat, under, height_km] = [number(place["lat_deg"]), number(place["lon_deg"]), number(place["height_km"])];
  if (lat !== undefined && under !== undefined && height_km !== undefined) {
    const here = itrfFromGeodetic(lat, under, height_km * 1e3);
    return () => here;
  }
  return undefined;
}

/** Two bodies in axes that stand still, the node told over the Earth at the epoch, as in `sensing/orbits.py`. */
function kepler(orbit: Told, semiMajor_km: number): ((t_ms: number) => Vec3) | undefined {
  const epoch_ms = Date.parse(String(orbit["epoch_utc"] ?? orbit["t_epoch_utc"] ?? ""));
  if (Number.isNaN(epoch_ms)) return undefined;
  const a = semiMajor_km * 1e3;
  const e = number(orbit["eccentricity"]) ?? 0;
  const angle = (name: string) => (number(orbit[name]) ?? 0) * DEG;
  const [i, node0, w, mean0] = [
    angle("inclination_deg"),
    angle("node_lon_deg"),
    angle("argument_of_perigee_deg"),
    angle("mean_anomaly_deg"),
  ];
  return (t_ms) => {
    const dt_s = (t_ms - epoch_ms) / 1000;
    const mean = (mean0 + Math.sqrt(MU_M3_S2 / a ** 3) * dt_s) % (2 * Math.PI);
    let E = e < 0.5 ? mean + e * Math.sin(mean) : Math.PI;
    for (let k = 0; k < 50; k++) {
      const step = (E - e * Math.sin(E) - mean) / (1 - e * Math.cos(E));
      E -= step;
      if (Math.abs(step) < 1e-12) break;
    }
    const [x, y] = [a * (Math.cos(E) - e), a * Math.sqrt(1 - e * e) * Math.sin(E)];
    const [along, across] = [Math.cos(w) * x - Math.sin(w) * y, Math.sin(w) * x + Math.cos(w) * y];
    const node = node0 - SPIN_RADPS * dt_s;
    const flat = Math.cos(i) * across;
    return [
      Math.cos(node) * along - Math.sin(node) * flat,
      Math.sin(node) * along + Math.cos(node) * flat,
      Math.sin(i) * across,
    ];
  };
}

/** Where a sensor is drawn at an instant: its site, or the point below it. */
export function placeOf(sensor: SensorPlace, t_ms: number): Place | null {
  if (sensor.site) return sensor.site;
  return sensor.position ? geodeticFromItrf(sensor.position(t_ms)) : null;
}
