/**
 * The Earth's ellipsoid (WGS 84, NGA.STND.0036 2014): places, rays and directions in Earth-fixed axes.
 *
 * Metres and radians inside; degrees only where a name ends in `_deg`. Vectors are [x, y, z] in ITRF.
 */

export type Vec3 = readonly [number, number, number];

export const A_M = 6_378_137.0;
export const F = 1 / 298.257223563;
export const B_M = A_M * (1 - F);
export const E2 = F * (2 - F);
export const MEAN_RADIUS_KM = 6371.0088; // (2a + b) / 3
export const MU_M3_S2 = 3.986004415e14; // EGM2008
export const SPIN_RADPS = 7.292115e-5; // IERS Conventions 2010, table 1.2
export const J2 = 1.08262617385222e-3;
export const GEOSTATIONARY_M = Math.cbrt(MU_M3_S2 / (SPIN_RADPS * SPIN_RADPS));

export const DEG = Math.PI / 180;

/** A longitude folded into [-180, 180). */
export function foldLon(lon_deg: number): number {
  const folded = ((((lon_deg + 180) % 360) + 360) % 360) - 180;
  return folded < 180 ? folded : -180;
}

export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const sub = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const add = (a: Vec3, b: Vec3, times = 1): Vec3 => [a[0] + times * b[0], a[1] + times * b[1], a[2] + times * b[2]];
export const norm = (a: Vec3): number => Math.hypot(a[0], a[1], a[2]);
export const unit = (a: Vec3): Vec3 => {
  const size = norm(a);
  return [a[0] / size, a[1] / size, a[2] / size];
};

/** Earth-fixed position of a place. */
export function itrfFromGeodetic(lat_deg: number, lon_deg: number, height_m = 0): Vec3 {
  const [lat, lon] = [lat_deg * DEG, lon_deg * DEG];
  const n = A_M / Math.sqrt(1 - E2 * Math.sin(lat) ** 2);
  const level = (n + height_m) * Math.cos(lat);
  return [level * Math.cos(lon), level * Math.sin(lon), (n * (1 - E2) + height_m) * Math.sin(lat)];
}

export interface Place {
  lat_deg: number;
  lon_deg: number;
  height_m: number;
}

/** The place of an Earth-fixed position: Bowring (1985), one step; a nanodegree and a tenth of a millimetre below 10,000 km. */
export function geodeticFromItrf([x, y, z]: Vec3): Place {
  const p = Math.hypot(x, y);
  const r = Math.hypot(p, z);
  if (r === 0) return { lat_deg: 0, lon_deg: 0, height_m: -A_M };
  // Bowring's start for any height, then his own fixed point twice: it costs nothing and holds to the millimetre
  let beta = Math.atan2(B_M * z * (1 + ((E2 / (1 - E2)) * B_M) / r), A_M * p);
  let lat = 0;
  for (let i = 0; i < 3; i++) {
    lat = Math.atan2(z + (E2 / (1 - E2)) * B_M * Math.sin(beta) ** 3, p - E2 * A_M * Math.cos(beta) ** 3);
    beta = Math.atan2((1 - F) * Math.sin(lat), Math.cos(lat));
  }
  const s = Math.sin(lat);
  const height_m = p * Math.cos(lat) + z * s - A_M * Math.sqrt(1 - E2 * s * s);
  return { lat_deg: lat / DEG, lon_deg: Math.atan2(y, x) / DEG, height_m };
}

export interface Axes {
  east: Vec3;
  north: Vec3;
  up: Vec3;
}

/** East, north and up (the ellipsoid's normal) at a place. */
export function axesAt(lat_deg: number, lon_deg: number): Axes {
  const [lat, lon] = [lat_deg * DEG, lon_deg * DEG];
  const [sl, cl, so, co] = [Math.sin(lat), Math.cos(lat), Math.sin(lon), Math.cos(lon)];
  return { east: [-so, co, 0], north: [-sl * co, -sl * so, cl], up: [cl * co, cl * so, sl] };
}

/** Unit vector of a direction seen from a place: azimuth clockwise from north, elevation above the level. */
export function direction(axes: Axes, azimuth_deg: number, elevation_deg: number): Vec3 {
  const [az, el] = [azimuth_deg * DEG, elevation_deg * DEG];
  const [e, n, u] = [Math.sin(az) * Math.cos(el), Math.cos(az) * Math.cos(el), Math.sin(el)];
  return add(add([e * axes.east[0], e * axes.east[1], e * axes.east[2]], axes.north, n), axes.up, u);
}

/**
 * Distances along a ray to the ellipsoid raised by a height, near and far; null when it misses.
 *
 * The raised surface is taken as the ellipsoid of semi-axes a + h and b + h: within 12 m of constant height below 2,000 km.
 */
export function hitsOfRay(from: Vec3, along: Vec3, height_m = 0): [number, number] | null {
  const [a, b] = [A_M + height_m, B_M + height_m];
  const [ox, oy, oz] = [from[0] / a, from[1] / a, from[2] / b];
  const [dx, dy, dz] = [along[0] / a, along[1] / a, along[2] / b];
  const A = dx * dx + dy * dy + dz * dz;
  const half = ox * dx + oy * dy + oz * dz;
  const C = ox * ox + oy * oy + oz * oz - 1;
  const under = half * half - A * C;
  if (under < 0) return null;
  const root = Math.sqrt(under);
  return [(-half - root) / A, (-half + root) / A];
}

/** True where the straight line between two points does not pass through the Earth. */
export function isClear(from: Vec3, to: Vec3): boolean {
  const way = sub(to, from);
  const hits = hitsOfRay(from, way, -20); // a site stands on the surface; its own ground does not hide it
  return hits === null || hits[0] > 1 || hits[1] < 1e-9 || (hits[0] < 0 && hits[1] < 1e-6);
}
