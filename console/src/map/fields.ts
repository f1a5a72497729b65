/**
 * Over which ground a sensor sees things at some height: fans of radars, limbs of satellites, strobes of noise.
 *
 * Rays from the sensor are cut with the ellipsoid raised by the height, so that fans over poles and far ranges are right.
 * No refraction: a radar's horizon is drawn a few per cent short.
 */
import { axesAt, DEG, direction, geodeticFromItrf, hitsOfRay, itrfFromGeodetic, norm, type Vec3 } from "./earth";
import { destination, type LonLat } from "./geodesics";
import type { SensorPlace } from "./sensors";

/** Rings of one field: filled by even-odd, so that an inner ring is a hole. */
export type Rings = LonLat[][];

/** Azimuths of a sector every so many degrees, both ends in it; min > max passes north. */
export function azimuths(min_deg: number, max_deg: number, step_deg = 4): number[] {
  const span = max_deg > min_deg ? max_deg - min_deg : max_deg - min_deg + 360;
  const count = Math.max(2, Math.ceil(span / step_deg) + 1);
  return Array.from({ length: count }, (_, i) => min_deg + (span * i) / (count - 1));
}

/** Distance along a ray from the ground to a shell above it. */
function toShell(site: Vec3, along: Vec3, height_m: number): number {
  return hitsOfRay(site, along, height_m)?.[1] ?? 0;
}

/** The point of a ray at a distance, seen from straight above. */
function below(site: Vec3, along: Vec3, away_m: number): LonLat {
  const place = geodeticFromItrf([site[0] + away_m * along[0], site[1] + away_m * along[1], site[2] + away_m * along[2]]);
  return [place.lon_deg, place.lat_deg];
}

/** Ground under the objects of that height in a ground sensor's field; empty where there is none. */
export function fan(sensor: SensorPlace, height_km: number): Rings {
  const { site, field } = sensor;
  if (!site) return [];
  const min = field.azimuth_min_deg ?? 0;
  const max = field.azimuth_max_deg ?? 360;
  const isRound = Math.abs(max - min) >= 359.999;
  const turns = azimuths(min, isRound ? min + 360 : max);
  const edge = (away: (azimuth: number) => LonLat | null): LonLat[] =>
    turns.slice(0, isRound ? -1 : undefined).map(away).filter((p): p is LonLat => p !== null);
  let outer: LonLat[];
  let inner: LonLat[];
  if (field.ground_range_max_km !== undefined) {
    const middle: LonLat = [site.lon_deg, site.lat_deg];
    outer = edge((az) => destination(middle, az, field.ground_range_max_km!));
    inner = field.skip_km ? edge((az) => destination(middle, az, field.skip_km!)) : [];
  } else {
    const from = itrfFromGeodetic(site.lat_deg, site.lon_deg, site.height_m);
    const axes = axesAt(site.lat_deg, site.lon_deg);
    const shell = height_km * 1e3;
    const reach = (field.range_max_km ?? Infinity) * 1e3;
    const least = (field.range_min_km ?? 0) * 1e3;
    const low = Math.max(0, field.elevation_min_deg ?? 0);
    const high = Math.min(90, field.elevation_max_deg ?? 90);
    const straightUp = shell - site.height_m;
    if (straightUp > reach) return [];
    outer = edge((az) => {
      const along = direction(axes, az, low);
      const away = toShell(from, along, shell);
      return away <= reach ? below(from, along, away) : atRange(from, axes, az, shell, reach, low, high);
    });
    inner = edge((az) => {
      const along = direction(axes, az, high);
      const away = toShell(from, along, shell);
      if (away >= least) return high < 90 ? below(from, along, away) : null;
      return atRange(from, axes, az, shell, least, low, high);
    });
  }
  if (outer.length < 2) return [];
  if (isRound) return inner.length > 2 ? [outer, inner] : [outer];
  const apex: LonLat[] = inner.length > 1 ? [...inner].reverse() : [[site.lon_deg, site.lat_deg]];
  return [[...outer, ...apex]];
}

/** Where a shell is met at a slant range, by halving the elevation. */
function atRange(
  from: Vec3,
  axes: ReturnType<typeof axesAt>,
  azimuth: number,
  shell_m: number,
  range_m: number,
  low_deg: number,
  high_deg: number,
): LonLat {
  let [low, high] = [low_deg, high_deg];
  for (let i = 0; i < 40; i++) {
    const half = (low + high) / 2;
    if (toShell(from, direction(axes, azimuth, half), shell_m) > range_m) low = half;
    else high = half;
  }
  return below(from, direction(axes, azimuth, high), range_m);
}

/** The edge of what a satellite sees at a height: its limb, or the edge of its field when that is narrower. */
export function footprint(position_itrf_m: Vec3, off_nadir_max_deg: number, height_km: number, count = 96): LonLat[] {
  const up = position_itrf_m.map((v) => v / norm(position_itrf_m)) as unknown as Vec3;
  const down: Vec3 = [-up[0], -up[1], -up[2]];
  const side = normal(down);
  const other: Vec3 = [
    down[1] * side[2] - down[2] * side[1],
    down[2] * side[0] - down[0] * side[2],
    down[0] * side[1] - down[1] * side[0],
  ];
  return Array.from({ length: count }, (_, i) => {
    const turn = (i * 2 * Math.PI) / count;
    const ray = (off_rad: number): Vec3 => {
      const [c, s] = [Math.cos(off_rad), Math.sin(off_rad)];
      const [a, b] = [s * Math.cos(turn), s * Math.sin(turn)];
      return [
        c * down[0] + a * side[0] + b * other[0],
        c * down[1] + a * side[1] + b * other[1],
        c * down[2] + a * side[2] + b * other[2],
      ];
    };
    // the limb: the widest angle whose ray still meets the ground
    let [low, high] = [0, Math.PI / 2];
    for (let k = 0; k < 45; k++) {
      const half = (low + high) / 2;
      if (hitsOfRay(position_itrf_m, ray(half), 0)) low = half;
      else high = half;
    }
    const isNarrow = off_nadir_max_deg * DEG < low;
    const along = ray(isNarrow ? off_nadir_max_deg * DEG : low);
    const hits = hitsOfRay(position_itrf_m, along, height_km * 1e3);
    // past the limb a line of sight goes on to the shell behind it
    return below(position_itrf_m, along, hits ? (isNarrow ? hits[0] : hits[1]) : 0);
  });
}

/** Any direction square to another. */
function normal(a: Vec3): Vec3 {
  const b: Vec3 = Math.abs(a[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const c: Vec3 = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const size = norm(c);
  return [c[0] / size, c[1] / size, c[2] / size];
}

/** The wedge from which noise comes: the azimuth and 90 % of its doubt, over the ground. */
export function strobe(from: LonLat, azimuth_deg: number, sigma_deg: number, reach_km: number): LonLat[] {
  const half = Math.max(0.15, 1.645 * sigma_deg);
  const edge = (az: number) => Array.from({ length: 13 }, (_, i) => destination(from, az, (reach_km * (i + 1)) / 13));
  const end = azimuths(azimuth_deg - half, azimuth_deg + half, 1).map((az) => destination(from, az, reach_km));
  return [from, ...edge(azimuth_deg - half), ...end, ...edge(azimuth_deg + half).reverse()];
}
