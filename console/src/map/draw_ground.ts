/** Sea, land, coast, graticule and night: what changes only when the view moves, or once a minute. */
import type { Ground } from "./land";
import type { LonLat } from "./geodesics";
import { copies, graticuleStep_deg, lonScale, originX, toScreen, type View } from "./projection";
import { splitRing } from "./rings";
import { nightRing } from "./sun";

export interface Palette {
  [token: string]: string;
}

const paths = new WeakMap<Ground, { land: Path2D; coast: Path2D }>();

/** Land and coast in degrees, y downwards; the coast without the cuts along the date line and the south pole. */
function pathsOf(ground: Ground): { land: Path2D; coast: Path2D } {
  const known = paths.get(ground);
  if (known) return known;
  const [land, coast] = [new Path2D(), new Path2D()];
  const isCut = ([lon, lat]: LonLat) => Math.abs(lon) > 179.9 || lat < -89.9;
  for (const ring of ground.rings) {
    ring.forEach(([lon, lat], i) => (i ? land.lineTo(lon, -lat) : land.moveTo(lon, -lat)));
    land.closePath();
    let isDown = false;
    ring.forEach((here, i) => {
      const before = ring[i - 1];
      const isEdge = before !== undefined && isCut(here) && isCut(before);
      if (isDown && !isEdge) coast.lineTo(here[0], -here[1]);
      else coast.moveTo(here[0], -here[1]);
      isDown = true;
    });
  }
  const made = { land, coast };
  paths.set(ground, made);
  return made;
}

export function drawGround(
  ctx: CanvasRenderingContext2D,
  view: View,
  ground: Ground,
  colours: Palette,
  t_ms: number | null,
  shown: { night: boolean; graticule: boolean },
): void {
  ctx.fillStyle = colours["--sea"]!;
  ctx.fillRect(0, 0, view.width, view.height);
  const { land, coast } = pathsOf(ground);
  const [kx, ky] = [lonScale(view), view.pxPerDeg];
  const y0 = view.height / 2 + view.lat_deg * ky;
  if (shown.graticule) graticule(ctx, view, colours);
  for (const copy of copies(view)) {
    const matrix = new DOMMatrix([kx, 0, 0, ky, originX(view, copy), y0]);
    const filled = new Path2D();
    filled.addPath(land, matrix);
    ctx.fillStyle = colours["--land"]!;
    ctx.fill(filled, "evenodd");
    const line = new Path2D();
    line.addPath(coast, matrix);
    ctx.strokeStyle = colours["--coast"]!;
    ctx.lineWidth = 0.8;
    ctx.stroke(line);
  }
  if (shown.night && t_ms !== null) night(ctx, view, colours, t_ms);
}

function graticule(ctx: CanvasRenderingContext2D, view: View, colours: Palette): void {
  const step = graticuleStep_deg(view);
  const kx = lonScale(view);
  ctx.strokeStyle = colours["--graticule"]!;
  ctx.lineWidth = 1;
  ctx.beginPath();
  const half = view.width / 2 / kx;
  for (let lon = Math.ceil((view.lon_deg - half) / step) * step; lon <= view.lon_deg + half; lon += step) {
    const x = Math.round(view.width / 2 + (lon - view.lon_deg) * kx) + 0.5;
    ctx.moveTo(x, 0);
    ctx.lineTo(x, view.height);
  }
  for (let lat = -90; lat <= 90; lat += step) {
    const y = Math.round(toScreen(view, [0, lat])[1]) + 0.5;
    if (y < 0 || y > view.height) continue;
    ctx.moveTo(0, y);
    ctx.lineTo(view.width, y);
  }
  ctx.stroke();
}

/** Four steps of dusk: sunset, civil, nautical, astronomical. */
function night(ctx: CanvasRenderingContext2D, view: View, colours: Palette, t_ms: number): void {
  ctx.save();
  ctx.fillStyle = colours["--night"]!;
  for (const depth of [0, -6, -12, -18]) {
    ctx.globalAlpha = depth === 0 ? 0.55 : 0.3;
    const { ring, pole } = nightRing(t_ms, depth);
    ctx.beginPath();
    for (const part of splitRing(ring, pole)) trace(ctx, view, part, true);
    ctx.fill();
  }
  ctx.restore();
}

/** Lay a polygon's or a line's corners, in [-180, 180], onto every copy of the world that is shown. */
export function trace(ctx: CanvasRenderingContext2D, view: View, part: readonly LonLat[], isClosed: boolean): void {
  const [kx, ky] = [lonScale(view), view.pxPerDeg];
  for (const copy of copies(view)) {
    const x0 = originX(view, copy);
    const y0 = view.height / 2 + view.lat_deg * ky;
    part.forEach(([lon, lat], i) => {
      const [x, y] = [x0 + lon * kx, y0 - lat * ky];
      if (i) ctx.lineTo(x, y);
      else ctx.moveTo(x, y);
    });
    if (isClosed) ctx.closePath();
  }
}
