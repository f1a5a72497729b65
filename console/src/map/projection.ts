/**
 * The flat map's view: equirectangular, true to shape at the middle's latitude, endless to the east and west.
 *
 * Far out the whole Earth is shown with equal degrees; closer in, degrees of longitude shrink by the cosine of the
 * middle's latitude, so that a circle on the ground looks like one. Pixels are CSS pixels.
 */
import { DEG, foldLon, MEAN_RADIUS_KM } from "./earth";
import type { LonLat } from "./geodesics";

export interface View {
  lon_deg: number; // the middle
  lat_deg: number;
  pxPerDeg: number; // of latitude
  width: number;
  height: number;
}

export const MOST_PX_PER_DEG = 60_000; // about half a pixel a metre

/** The smallest scale that leaves no empty edge above and below or at the sides. */
export const leastScale = (width: number, height: number): number => Math.max(width / 360, height / 180, 0.1);

/** Pixels per degree of longitude. */
export function lonScale(view: View): number {
  const span_deg = view.height / view.pxPerDeg;
  // equal degrees while more than 100 degrees of latitude are shown, true to shape below 60
  const closeness = Math.max(0, Math.min(1, (100 - span_deg) / 40));
  return view.pxPerDeg * (1 + closeness * (Math.max(0.1, Math.cos(view.lat_deg * DEG)) - 1));
}

/** A view with everything inside its bounds. */
export function bounded(view: View): View {
  const pxPerDeg = Math.min(MOST_PX_PER_DEG, Math.max(leastScale(view.width, view.height), view.pxPerDeg));
  const half_deg = view.height / pxPerDeg / 2;
  const most = Math.max(0, 90 - half_deg);
  return { ...view, pxPerDeg, lon_deg: foldLon(view.lon_deg), lat_deg: Math.max(-most, Math.min(most, view.lat_deg)) };
}

/** Where a place is drawn: x of the copy nearest to the middle, y downwards. */
export function toScreen(view: View, [lon, lat]: LonLat): [x: number, y: number] {
  return [view.width / 2 + foldLon(lon - view.lon_deg) * lonScale(view), view.height / 2 + (view.lat_deg - lat) * view.pxPerDeg];
}

/** The place under a pixel; null above and below the poles. */
export function toPlace(view: View, x: number, y: number): LonLat | null {
  const lat = view.lat_deg - (y - view.height / 2) / view.pxPerDeg;
  if (Math.abs(lat) > 90) return null;
  return [foldLon(view.lon_deg + (x - view.width / 2) / lonScale(view)), lat];
}

/** Numbers of the copies of the world, [-180, 180] each, that a view shows: 0 is the middle's own. */
export function copies(view: View): number[] {
  const half = view.width / 2 / lonScale(view);
  const first = Math.floor((view.lon_deg - half + 180) / 360);
  const last = Math.floor((view.lon_deg + half + 180) / 360);
  return Array.from({ length: Math.min(5, last - first + 1) }, (_, i) => first + i);
}

/** x of longitude zero of a copy of the world. */
export const originX = (view: View, copy: number): number =>
  view.width / 2 + (360 * copy - view.lon_deg) * lonScale(view);

/** Move by pixels. */
export const panned = (view: View, dx: number, dy: number): View =>
  bounded({ ...view, lon_deg: view.lon_deg - dx / lonScale(view), lat_deg: view.lat_deg + dy / view.pxPerDeg });

/** Closer (factor > 1) or farther, the place under a pixel staying where it is as well as the bounds let it. */
export function zoomed(view: View, factor: number, x = view.width / 2, y = view.height / 2): View {
  const held = toPlace(view, x, y);
  const next = bounded({ ...view, pxPerDeg: view.pxPerDeg * factor });
  if (!held) return next;
  // the longitude scale depends on the middle's latitude: two rounds settle it
  let moved = next;
  for (let i = 0; i < 3; i++) {
    const [nx, ny] = toScreen(moved, held);
    moved = panned(moved, x - nx, y - ny);
  }
  return moved;
}

/** A view that holds all places with a margin; of places all over the Earth, the whole of it. */
export function fitted(view: View, places: readonly LonLat[], margin = 1.6, least_deg = 3): View {
  const first = places[0];
  if (!first) return view;
  const lons = places.map((p) => first[0] + foldLon(p[0] - first[0]));
  const lats = places.map((p) => p[1]);
  const [w, e, s, n] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
  const lat_deg = (s + n) / 2;
  const tall = Math.max(least_deg, (n - s) * margin);
  const wide = Math.max(least_deg, (e - w) * margin * Math.cos(lat_deg * DEG));
  return bounded({ ...view, lon_deg: (w + e) / 2, lat_deg, pxPerDeg: Math.min(view.height / tall, view.width / wide) });
}

/** The scale bar: a round number of kilometres and its length in pixels, at the middle of the view. */
export function scaleBar(view: View, most_px = 140): { km: number; px: number } {
  const kmPerPx = (DEG * MEAN_RADIUS_KM * Math.max(0.02, Math.cos(view.lat_deg * DEG))) / lonScale(view);
  const most_km = most_px * kmPerPx;
  const power = 10 ** Math.floor(Math.log10(most_km));
  const km = [5, 2, 1].map((one) => one * power).find((one) => one <= most_km) ?? power;
  return { km, px: km / kmPerPx };
}

/** Distance between lines of the graticule that suits a view, degrees. */
export function graticuleStep_deg(view: View): number {
  return [30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05].findLast((step) => step * view.pxPerDeg >= 70) ?? 30;
}
