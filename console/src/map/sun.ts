/** Where the Sun stands over the Earth, and where night begins: low-precision formulae of the Astronomical Almanac (C5). */
import { DEG, foldLon, type Vec3 } from "./earth";
import type { LonLat } from "./geodesics";

const AU_M = 149_597_870_700;

/** Right ascension, declination (radians) and distance (m) of the Sun; 0.01 degree from 1950 to 2050. */
export function sunEquatorial(t_ms: number): { ra_rad: number; dec_rad: number; away_m: number } {
  const days = (t_ms - Date.UTC(2000, 0, 1, 12)) / 86_400_000;
  const length = 280.46 + 0.9856474 * days;
  const anomaly = (357.528 + 0.9856003 * days) * DEG;
  const ecliptic = (length + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * DEG;
  const tilt = (23.439 - 4e-7 * days) * DEG;
  return {
    ra_rad: Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic)),
    dec_rad: Math.asin(Math.sin(tilt) * Math.sin(ecliptic)),
    away_m: AU_M * (1.00014 - 0.01671 * Math.cos(anomaly) - 0.00014 * Math.cos(2 * anomaly)),
  };
}

/** Greenwich mean sidereal time, radians; UT1 taken as UTC (0.9 s: 0.004 degree). */
export function sidereal_rad(t_ms: number): number {
  const days = (t_ms - Date.UTC(2000, 0, 1, 12)) / 86_400_000;
  return ((280.46061837 + 360.98564736629 * days) % 360) * DEG;
}

/** The place that has the Sun overhead (geocentric latitude: it is the Sun's direction). */
export function subsolar(t_ms: number): LonLat {
  const { ra_rad, dec_rad } = sunEquatorial(t_ms);
  return [foldLon((ra_rad - sidereal_rad(t_ms)) / DEG), dec_rad / DEG];
}

/** The Sun's position, Earth-fixed, metres. */
export function sunItrf(t_ms: number): Vec3 {
  const { away_m, dec_rad } = sunEquatorial(t_ms);
  const lon = subsolar(t_ms)[0] * DEG;
  return [away_m * Math.cos(dec_rad) * Math.cos(lon), away_m * Math.cos(dec_rad) * Math.sin(lon), away_m * Math.sin(dec_rad)];
}

/**
 * The closed edge of where the Sun's elevation is below `depth_deg` (0 sunset, -6 civil, -12 nautical, -18 night), and
 * which pole it holds; the ring is a small circle about the point opposite to the Sun.
 */
export function nightRing(t_ms: number, elevation_deg = 0, count = 180): { ring: LonLat[]; pole: 90 | -90 | undefined } {
  const [lon0, lat0] = subsolar(t_ms);
  const [antiLon, antiLat] = [lon0 + 180, -lat0];
  const radius = (90 + elevation_deg) * DEG;
  const ring: LonLat[] = [];
  for (let i = 0; i < count; i++) {
    const az = (i * 2 * Math.PI) / count;
    const a = antiLat * DEG;
    const lat = Math.asin(Math.sin(a) * Math.cos(radius) + Math.cos(a) * Math.sin(radius) * Math.cos(az));
    const lon = Math.atan2(Math.sin(az) * Math.sin(radius) * Math.cos(a), Math.cos(radius) - Math.sin(a) * Math.sin(lat));
    ring.push([foldLon(antiLon + lon / DEG), lat / DEG]);
  }
  const isNorthDark = 90 - antiLat < radius / DEG;
  const isSouthDark = 90 + antiLat < radius / DEG;
  return { ring, pole: isNorthDark ? 90 : isSouthDark ? -90 : undefined };
}

/** The Sun's elevation at a place, degrees; no refraction. */
export function sunElevation_deg([lon, lat]: LonLat, t_ms: number): number {
  const [lon0, lat0] = subsolar(t_ms);
  const cosine =
    Math.sin(lat * DEG) * Math.sin(lat0 * DEG) + Math.cos(lat * DEG) * Math.cos(lat0 * DEG) * Math.cos((lon - lon0) * DEG);
  return Math.asin(Math.max(-1, Math.min(1, cosine))) / DEG;
}
