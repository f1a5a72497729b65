/** Marks and words over the globe, on a canvas of their own: the same marks as on the flat map, hidden behind the limb. */
import type * as CesiumModule from "./cesium";
import type { Cartesian3, Scene as GlobeScene } from "cesium";
import type { Mode } from "../lib/model";
import type { Palette } from "../map/draw_ground";
import type { Target, Words } from "../map/draw_scene";
import type { LonLat } from "../map/geodesics";
import type { Layer } from "../map/layers.svelte";
import { type Box, CROWD, type Labelled, sensorBox, sensorMark, spotMark, trackLabels, trackMark } from "../map/marks";
import type { Scene } from "../map/scene";

export interface OverlayPen {
  cesium: typeof CesiumModule;
  globe: GlobeScene;
  ctx: CanvasRenderingContext2D;
  width: number;
  height: number;
  colours: Palette;
  mode: Mode | null;
  words: Words;
}

/** Where a place above the ground is on the screen; null behind the Earth or behind the eye. */
export function onScreen(pen: Pick<OverlayPen, "cesium" | "globe">, place: Cartesian3): [number, number] | null {
  const { cesium, globe } = pen;
  const eye = globe.camera.positionWC;
  if (isBehindEarth(eye, place)) return null;
  const at = cesium.SceneTransforms.worldToWindowCoordinates(globe, place);
  return at ? [at.x, at.y] : null;
}

/** True where the Earth (a sphere a little under the ellipsoid) stands between the eye and a point. */
export function isBehindEarth(eye: { x: number; y: number; z: number }, at: { x: number; y: number; z: number }): boolean {
  const R = 6_350_000;
  const [dx, dy, dz] = [at.x - eye.x, at.y - eye.y, at.z - eye.z];
  const away = Math.hypot(dx, dy, dz);
  const along = -(eye.x * dx + eye.y * dy + eye.z * dz) / away;
  if (along <= 0 || along >= away) return false;
  return eye.x ** 2 + eye.y ** 2 + eye.z ** 2 - along * along < R * R;
}

export function drawOverlay(pen: OverlayPen, scene: Scene, shown: Record<Layer, boolean>): Target[] {
  const { cesium, ctx, colours } = pen;
  ctx.clearRect(0, 0, pen.width, pen.height);
  const colour = (token: string) => colours[token] ?? "#888888";
  const targets: Target[] = [];
  const others: Box[] = [];
  const at = ([lon, lat]: LonLat, height_km: number) => onScreen(pen, cesium.Cartesian3.fromDegrees(lon, lat, Math.max(1000, height_km * 1e3)));
  if (shown.sensors) {
    for (const one of scene.sensors) {
      const spot = at(one.place, one.height_km);
      if (!spot) continue;
      targets.push({ kind: "sensor", id: one.id, x: spot[0], y: spot[1] });
      sensorMark(ctx, one, spot[0], spot[1], colour, shown.labels);
      others.push(sensorBox(one, spot[0], spot[1], shown.labels));
    }
  }
  for (const one of scene.spots) {
    const spot = at(one.place, one.height_km);
    if (!spot) continue;
    targets.push({ kind: one.kind, id: one.id, x: spot[0], y: spot[1] });
    spotMark(ctx, one, spot[0], spot[1], colour, shown.labels);
  }
  const list: Labelled[] = [];
  for (const track of scene.tracks) {
    if (track.impact && shown.areas) {
      const fall = at(track.impact.place, 0);
      if (fall) cross(ctx, fall, track.tone === "past" ? colour("--off") : colour("--area-50"));
    }
    const spot = at(track.place, track.height_km);
    if (!spot) continue;
    targets.push({ kind: "object", id: track.id, x: spot[0], y: spot[1] });
    trackMark(ctx, track, spot[0], spot[1], colour, scene.tracks.length > CROWD);
    const ends = [track.impact?.place, track.launch].filter((p): p is LonLat => !!p).map((p) => at(p, 0));
    list.push({ track, x: spot[0], y: spot[1], keepClear: ends.filter((p): p is [number, number] => p !== null) });
  }
  if (shown.labels) trackLabels(ctx, pen, list, colour, pen.mode, pen.words.track, others);
  return targets;
}

function cross(ctx: CanvasRenderingContext2D, [x, y]: [number, number], colour: string): void {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  for (const [dx, dy] of [[-1, -1], [1, -1], [-1, 1], [1, 1]] as const) {
    ctx.moveTo(x + dx * 3, y + dy * 3);
    ctx.lineTo(x + dx * 7, y + dy * 7);
  }
  ctx.stroke();
  ctx.restore();
}
