/** Ways over the ground: great circles for drawing, geodesics of the ellipsoid for what is measured in kilometres. */
import { A_M, B_M, DEG, F, foldLon, MEAN_RADIUS_KM, type Vec3 } from "./earth";

export type LonLat = [lon_deg: number, lat_deg: number];

const vectorOf = ([lon_deg, lat_deg]: LonLat): Vec3 => {
  const [lon, lat] = [lon_deg * DEG, lat_deg * DEG];
  return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
};
const lonLatOf = ([x, y, z]: Vec3): LonLat => [Math.atan2(y, x) / DEG, Math.atan2(z, Math.hypot(x, y)) / DEG];

/** Angle between two places seen from the middle of the sphere, radians. */
export function arc_rad(a: LonLat, b: LonLat): number {
  const [u, v] = [vectorOf(a), vectorOf(b)];
  const cross = Math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]);
  return Math.atan2(cross, u[0] * v[0] + u[1] * v[1] + u[2] * v[2]);
}

/** Points of the great circle from a to b, ends included, none farther apart than `step_deg`. */
export function greatCircle(a: LonLat, b: LonLat, step_deg = 1): LonLat[] {
  const whole = arc_rad(a, b);
  if (whole < 1e-9) return [a, b];
  const steps = Math.max(1, Math.ceil(whole / (step_deg * DEG)));
  const [u, v] = [vectorOf(a), vectorOf(b)];
  const s = Math.sin(whole);
  if (s < 1e-9) return [a, b]; // of antipodes every great circle is the shortest
  const out: LonLat[] = [];
  for (let i = 0; i <= steps; i++) {
    const [p, q] = [Math.sin((1 - i / steps) * whole) / s, Math.sin((i / steps) * whole) / s];
    out.push(lonLatOf([p * u[0] + q * v[0], p * u[1] + q * v[1], p * u[2] + q * v[2]]));
  }
  return out;
}

/** Where one comes to, starting at a place with an azimuth over a distance: Vincenty's direct formula (1975). */
export function destination([lon_deg, lat_deg]: LonLat, azimuth_deg: number, distance_km: number): LonLat {
  const az = azimuth_deg * DEG;
  const tanU1 = (1 - F) * Math.tan(lat_deg * DEG);
  const cosU1 = 1 / Math.sqrt(1 + tanU1 * tanU1);
  const sinU1 = tanU1 * cosU1;
  const sigma1 = Math.atan2(tanU1, Math.cos(az));
  const sinAlpha = cosU1 * Math.sin(az);
  const cos2Alpha = 1 - sinAlpha * sinAlpha;
  const u2 = (cos2Alpha * (A_M * A_M - B_M * B_M)) / (B_M * B_M);
  const A = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
  const B = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
  const first = (distance_km * 1000) / (B_M * A);
  let sigma = first;
  let [s, c, m] = [0, 0, 0];
  for (let i = 0; i < 100; i++) {
    m = Math.cos(2 * sigma1 + sigma);
    [s, c] = [Math.sin(sigma), Math.cos(sigma)];
    const more = B * s * (m + (B / 4) * (c * (-1 + 2 * m * m) - (B / 6) * m * (-3 + 4 * s * s) * (-3 + 4 * m * m)));
    const next = first + more;
    const isDone = Math.abs(next - sigma) < 1e-13;
    sigma = next;
    if (isDone) break;
  }
  [s, c, m] = [Math.sin(sigma), Math.cos(sigma), Math.cos(2 * sigma1 + sigma)];
  const flat = sinU1 * s - cosU1 * c * Math.cos(az);
  const lat = Math.atan2(sinU1 * c + cosU1 * s * Math.cos(az), (1 - F) * Math.hypot(sinAlpha, flat));
  const lambda = Math.atan2(s * Math.sin(az), cosU1 * c - sinU1 * s * Math.cos(az));
  const C = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
  const L = lambda - (1 - C) * F * sinAlpha * (sigma + C * s * (m + C * c * (-1 + 2 * m * m)));
  return [foldLon(lon_deg + L / DEG), lat / DEG];
}

/** The closed ring of all places at a distance, `count` of them, clockwise from north. */
export function circle(middle: LonLat, radius_km: number, count = 72): LonLat[] {
  return Array.from({ length: count }, (_, i) => destination(middle, (i * 360) / count, radius_km));
}

/** An ellipse on the ground: semi-axes in km, the azimuth of the major one. */
export function ellipse(middle: LonLat, major_km: number, minor_km: number, azimuth_deg: number, count = 64): LonLat[] {
  return Array.from({ length: count }, (_, i) => {
    const turn = (i * 2 * Math.PI) / count;
    const [along, across] = [major_km * Math.cos(turn), minor_km * Math.sin(turn)];
    return destination(middle, azimuth_deg + Math.atan2(across, along) / DEG, Math.hypot(along, across));
  });
}

/** Kilometres over the ground, sphere of mean radius: within 0.6 % of the geodesic. */
export const distance_km = (a: LonLat, b: LonLat): number => arc_rad(a, b) * MEAN_RADIUS_KM;

/** Azimuth at a towards b, degrees clockwise from north, in [0, 360). */
export function azimuth_deg([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const [a, b, d] = [lat1 * DEG, lat2 * DEG, (lon2 - lon1) * DEG];
  const az = Math.atan2(Math.sin(d) * Math.cos(b), Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(d)) / DEG;
  const turned = (az + 360) % 360;
  return turned < 360 ? turned : 0;
}
