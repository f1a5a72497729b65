/**
 * Doubt as shapes on the ground: the ellipse of a present position, and the band of ground that a coasting object flies over.
 *
 * The band comes from sigma points of the whole state (Julier and Uhlmann 1997), each flown under gravity with J2 in turning
 * axes, so that it bends as the flights do; an ellipse is drawn only where one fits.
 */
import { axesAt, DEG, dot, geodeticFromItrf, sub, type Vec3 } from "./earth";
import { stepItrf } from "./coasting";
import { azimuth_deg, destination, ellipse, type LonLat } from "./geodesics";

/** How many sigma hold a share of two dimensions, normal: sqrt(-2 ln(1 - p)). */
export const sigmas2 = (probability: number): number => Math.sqrt(-2 * Math.log(1 - probability));
const NINETY_ACROSS = 1.6449;

export interface LevelEllipse {
  major_km: number; // one sigma
  minor_km: number;
  azimuth_deg: number;
}

/** One sigma of a position's doubt over the ground. */
export function levelEllipse(covariance_m2: readonly (readonly number[])[], lat_deg: number, lon_deg: number): LevelEllipse | null {
  const { east, north } = axesAt(lat_deg, lon_deg);
  const times = (a: Vec3, b: Vec3) => a.reduce((sum, ai, i) => sum + b.reduce((s, bj, j) => s + ai * covariance_m2[i]![j]! * bj, 0), 0);
  const [ee, nn, en] = [times(east, east), times(north, north), times(east, north)];
  if (![ee, nn, en].every(Number.isFinite) || ee < 0 || nn < 0) return null;
  const [mean, half] = [(ee + nn) / 2, Math.hypot((ee - nn) / 2, en)];
  return {
    major_km: Math.sqrt(Math.max(0, mean + half)) / 1e3,
    minor_km: Math.sqrt(Math.max(0, mean - half)) / 1e3,
    azimuth_deg: (Math.atan2(2 * en, nn - ee) / 2 / DEG + 360) % 180,
  };
}

/** The ring that holds a share of a normal position doubt. */
export const ellipseRing = (middle: LonLat, one: LevelEllipse, probability: number): LonLat[] =>
  ellipse(middle, one.major_km * sigmas2(probability), one.minor_km * sigmas2(probability), one.azimuth_deg);

export interface Station {
  lon_deg: number;
  lat_deg: number;
  half_width_90_km: number;
}

/** The lower triangle whose square is a covariance (Cholesky); null when it has none. */
export function root(covariance: readonly (readonly number[])[]): number[][] | null {
  const n = covariance.length;
  const L = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = covariance[i]![j]!;
      for (let k = 0; k < j; k++) sum -= L[i]![k]! * L[j]![k]!;
      if (i === j) {
        if (!(sum > -1e-9 * Math.abs(covariance[i]![i]!))) return null;
        L[i]![i] = Math.sqrt(Math.max(0, sum));
      } else L[i]![j] = L[j]![j]! > 0 ? sum / L[j]![j]! : 0;
    }
  }
  return L;
}

export interface Flight {
  stations: Station[];
  points: Vec3[]; // of the middle, for the globe
  seconds: number;
}

/**
 * The way of an object that coasts from an Earth-fixed state until its middle reaches the ground, with 90 % half widths.
 *
 * Null without a usable covariance, or when it does not come down within `most_s`. Without air: from some 60 km down the
 * impact area, which the engine works out with air, is the better word.
 */
export function flightBand(state: readonly number[], covariance: readonly (readonly number[])[], most_s = 3600): Flight | null {
  const L = root(covariance);
  if (L === null || state.length !== 6 || !state.every(Number.isFinite)) return null;
  const spread = Math.sqrt(6);
  let middle = [...state];
  let cloud: number[][] = [];
  for (let j = 0; j < 6; j++) {
    for (const sign of [1, -1]) cloud.push(state.map((v, i) => v + sign * spread * L[i]![j]!));
  }
  const stations: Station[] = [];
  const points: Vec3[] = [];
  const dt_s = 5;
  let t = 0;
  let before: LonLat | null = null;
  for (; t <= most_s; t += dt_s) {
    const here: Vec3 = [middle[0]!, middle[1]!, middle[2]!];
    const place = geodeticFromItrf(here);
    if (place.height_m < 0) break;
    const next = stepItrf(middle, dt_s);
    if (t % 10 === 0) {
      const ahead = geodeticFromItrf([next[0]!, next[1]!, next[2]!]);
      const at: LonLat = [place.lon_deg, place.lat_deg];
      const way = azimuth_deg(at, [ahead.lon_deg, ahead.lat_deg]) * DEG;
      const { east, north } = axesAt(place.lat_deg, place.lon_deg);
      const across: Vec3 = [0, 1, 2].map((k) => Math.cos(way) * east[k]! - Math.sin(way) * north[k]!) as unknown as Vec3;
      const square = cloud.reduce((sum, one) => sum + dot(sub([one[0]!, one[1]!, one[2]!], here), across) ** 2, 0) / cloud.length;
      stations.push({ lon_deg: at[0], lat_deg: at[1], half_width_90_km: (NINETY_ACROSS * Math.sqrt(square)) / 1e3 });
      points.push(here);
      before = at;
    }
    middle = next;
    cloud = cloud.map((one) => stepItrf(one, dt_s));
  }
  return before && t <= most_s && stations.length > 1 ? { stations, points, seconds: t } : null;
}

/** The outline of a band: its left edge on, its right edge back. */
export function bandRing(stations: readonly Station[]): LonLat[] {
  if (stations.length < 2) return [];
  const left: LonLat[] = [];
  const right: LonLat[] = [];
  stations.forEach((one, i) => {
    const [a, b] = i === 0 ? [one, stations[1]!] : [stations[i - 1]!, one];
    const way = azimuth_deg([a.lon_deg, a.lat_deg], [b.lon_deg, b.lat_deg]);
    const at: LonLat = [one.lon_deg, one.lat_deg];
    left.push(destination(at, way - 90, one.half_width_90_km));
    right.push(destination(at, way + 90, one.half_width_90_km));
  });
  return [...left, ...right.reverse()];
}
