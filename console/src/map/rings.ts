/**
 * Rings and lines on a flat map: split at the date line, and closed over a pole that they go round.
 *
 * A ring is given by its corners, first not repeated; neighbours are joined the short way round. Without cutting, an
 * area over the date line is drawn as a band across the whole map, and one over a pole as its own complement.
 */
import { foldLon } from "./earth";
import type { LonLat } from "./geodesics";

/** Corners with longitudes that go on past the date line; the last entry says how often the ring goes round, eastwards. */
export function unrolled(ring: readonly LonLat[]): { points: LonLat[]; turns: number } {
  const points: LonLat[] = [];
  let lon = 0;
  for (const [index, [one, lat]] of ring.entries()) {
    lon = index === 0 ? foldLon(one) : lon + foldLon(one - lon);
    points.push([lon, lat]);
  }
  const first = points[0];
  if (!first) return { points, turns: 0 };
  const back = lon + foldLon(first[0] - lon);
  return { points, turns: Math.round((back - first[0]) / 360) };
}

/**
 * Polygons inside [-180, 180] that together cover what a ring encloses.
 *
 * A ring that goes round the Earth holds a pole: the one that `poleLat_deg` names, else the nearer one. Parts keep the
 * ring's own corners; those on the date line lie at exactly ±180.
 */
export function splitRing(ring: readonly LonLat[], poleLat_deg?: 90 | -90): LonLat[][] {
  if (ring.length < 3) return [];
  const { points, turns } = unrolled(ring);
  if (turns !== 0) {
    const mean = points.reduce((sum, p) => sum + p[1], 0) / points.length;
    const pole = poleLat_deg ?? (mean >= 0 ? 90 : -90);
    const first = points[0]!;
    const end: LonLat = [first[0] + 360 * Math.sign(turns), first[1]];
    points.push(end, [end[0], pole], [first[0], pole]);
  }
  const lons = points.map((p) => p[0]);
  const from = Math.floor((Math.min(...lons) + 180) / 360);
  const to = Math.ceil((Math.max(...lons) + 180) / 360) - 1;
  const parts: LonLat[][] = [];
  for (let world = from; world <= Math.max(to, from); world++) {
    const [west, east] = [-180 + 360 * world, 180 + 360 * world];
    const part = cut(cut(points, west, 1), east, -1);
    if (part.length >= 3) parts.push(part.map(([lon, lat]) => [lon - 360 * world, lat]));
  }
  return parts;
}

/** What of a polygon lies on one side of a meridian (Sutherland and Hodgman 1974); side 1: east of it. */
function cut(points: readonly LonLat[], lon_deg: number, side: 1 | -1): LonLat[] {
  const out: LonLat[] = [];
  for (let i = 0; i < points.length; i++) {
    const a = points[i]!;
    const b = points[(i + 1) % points.length]!;
    const [da, db] = [side * (a[0] - lon_deg), side * (b[0] - lon_deg)];
    if (da >= 0) out.push(a);
    if ((da > 0 && db < 0) || (da < 0 && db > 0)) {
      const share = da / (da - db);
      out.push([lon_deg, a[1] + share * (b[1] - a[1])]);
    }
  }
  return out;
}

/** Pieces of a line inside [-180, 180], cut where it crosses the date line. */
export function splitLine(line: readonly LonLat[]): LonLat[][] {
  const pieces: LonLat[][] = [];
  let piece: LonLat[] = [];
  let before: LonLat | null = null;
  for (const [raw, lat] of line) {
    const here: LonLat = [foldLon(raw), lat];
    if (before && Math.abs(here[0] - before[0]) > 180) {
      const isEastward = here[0] < before[0];
      const over: number = here[0] + (isEastward ? 360 : -360);
      const edge = isEastward ? 180 : -180;
      const share: number = (edge - before[0]) / (over - before[0] || 1);
      const lat_deg = before[1] + share * (lat - before[1]);
      piece.push([edge, lat_deg]);
      pieces.push(piece);
      piece = [[-edge, lat_deg]];
    }
    piece.push(here);
    before = here;
  }
  if (piece.length > 1) pieces.push(piece);
  return pieces;
}

/** A ring with extra corners on its long edges, along great circles: a straight chord on a flat map is no great circle. */
export function densified(ring: readonly LonLat[], way: (a: LonLat, b: LonLat) => LonLat[]): LonLat[] {
  return ring.flatMap((here, i) => way(here, ring[(i + 1) % ring.length]!).slice(0, -1));
}

/** True where a place lies inside a ring (even-odd, on the unrolled map); a pole counts as inside when the ring holds it. */
export function holds(ring: readonly LonLat[], [lon, lat]: LonLat): boolean {
  return splitRing(ring).some((part) => {
    let isIn = false;
    for (let i = 0, j = part.length - 1; i < part.length; j = i++) {
      const [a, b] = [part[i]!, part[j]!];
      if (a[1] > lat !== b[1] > lat && foldLon(lon) < ((b[0] - a[0]) * (lat - a[1])) / (b[1] - a[1]) + a[0]) isIn = !isIn;
    }
    return isIn;
  });
}
