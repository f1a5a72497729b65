/** What is believed, drawn over the ground: doubt first and faint, then sensors, then tracks, then a few words. */
import type { Mode } from "../lib/model";
import { ellipseRing } from "./doubt";
import { trace, type Palette } from "./draw_ground";
import { destination, greatCircle, type LonLat } from "./geodesics";
import type { Layer } from "./layers.svelte";
import { copies, lonScale, toScreen, type View } from "./projection";
import { splitLine, splitRing } from "./rings";
import { type Box, CROWD, type Labelled, sensorBox, sensorColour, sensorMark, spotMark, TONE_TOKEN, trackLabels, trackMark } from "./marks";
import type { Scene, TrackShape } from "./scene";
import { lonLats } from "./trails";

export interface Words {
  /** The two lines beside a track. */
  track(track: TrackShape): [string, string];
}
export interface Target {
  kind: "object" | "sensor" | "noise" | "group";
  id: string;
  x: number;
  y: number;
}

const LEADER_S = 60;

const split = new WeakMap<LonLat[], LonLat[][]>();
function partsOf(ring: LonLat[]): LonLat[][] {
  let parts = split.get(ring);
  if (!parts) split.set(ring, (parts = splitRing(ring)));
  return parts;
}

export interface Pen {
  ctx: CanvasRenderingContext2D;
  view: View;
  colours: Palette;
  mode: Mode | null;
  hovered: { kind: string; id: string } | null;
  words: Words;
}

function ring(pen: Pen, rings: LonLat[][], fill: string | null, stroke: string | null, alpha = 1, width = 1, dash: number[] = []): void {
  const { ctx, view } = pen;
  ctx.save();
  if (fill) {
    ctx.beginPath();
    for (const one of rings) for (const part of partsOf(one)) trace(ctx, view, part, true);
    ctx.globalAlpha = alpha;
    ctx.fillStyle = fill;
    ctx.fill("evenodd");
  }
  if (stroke) {
    // the edge is the ring itself: the cuts along the date line and over a pole are no edge
    ctx.beginPath();
    for (const one of rings) for (const part of splitLine([...one, one[0]!])) trace(ctx, view, part, false);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = stroke;
    ctx.lineWidth = width;
    ctx.setLineDash(dash);
    ctx.stroke();
  }
  ctx.restore();
}

function line(pen: Pen, points: LonLat[], stroke: string, width: number, alpha = 1, dash: number[] = []): void {
  const { ctx, view } = pen;
  ctx.save();
  ctx.beginPath();
  for (const part of splitLine(points)) trace(ctx, view, part, false);
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = stroke;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.stroke();
  ctx.restore();
}

/** Where a place is on the screen, on every copy of the world that is shown. */
function spots(view: View, place: LonLat): [number, number][] {
  const [x, y] = toScreen(view, place);
  const turn = 360 * lonScale(view);
  return copies(view).length > 1
    ? [x - turn, x, x + turn].filter((one) => one > -40 && one < view.width + 40).map((one) => [one, y])
    : [[x, y]];
}

/** Draw everything that the layers show; gives what can be pointed at. */
export function drawScene(pen: Pen, scene: Scene, shown: Record<Layer, boolean>): Target[] {
  const { ctx, view, colours } = pen;
  ctx.clearRect(0, 0, view.width, view.height);
  ctx.lineJoin = "round";
  const targets: Target[] = [];
  const colour = (token: string) => colours[token] ?? "#888888";

  if (shown.fields) {
    for (const one of scene.sensors) {
      if (!one.field.length) continue;
      const isChosen = one.isSelected || pen.hovered?.id === one.id;
      const tint = sensorColour(one, colour);
      const isQuiet = one.isInSpace && !isChosen;
      ring(pen, one.field, isQuiet ? null : tint, tint, isChosen ? 0.14 : 0.06, isChosen ? 1.5 : 0.8, one.isInSpace ? [1, 5] : one.condition === "silent" ? [5, 5] : []);
    }
  }
  if (shown.glint) {
    for (const one of scene.glints) {
      ring(pen, [one.ring], colour("--caution"), colour("--caution"), one.kind === "plates" ? 0.16 : 0.06, 0.7, [2, 3]);
    }
  }
  if (shown.notices) {
    for (const one of scene.notices) {
      ring(pen, [one.ring], colour("--standby"), colour("--standby"), one.isSelected ? 0.2 : 0.07, one.isSelected ? 2 : 1, [6, 3]);
    }
  }
  if (shown.noise) {
    for (const one of scene.strobes) ring(pen, [one.ring], colour("--serious"), colour("--serious"), 0.16, 0.8);
    for (const one of scene.spots.filter((s) => s.kind === "noise")) ring(pen, [one.ring], colour("--serious"), colour("--serious"), 0.12, 1, [3, 3]);
  }
  for (const one of scene.spots.filter((s) => s.kind === "group")) ring(pen, [one.ring], colour("--track"), colour("--track"), 0.1, 1);
  if (shown.bands) {
    for (const one of scene.bands) {
      const tint = colour(TONE_TOKEN[one.tone]);
      ring(pen, [one.ring], tint, null, 0.16);
      line(pen, one.middle, tint, 1.2, 0.75, [5, 4]);
    }
  }
  if (shown.areas) drawAreas(pen, scene, colour);
  if (shown.sights) {
    for (const one of scene.sights) line(pen, greatCircle(one.from, one.to, 2), colour("--sensor"), 0.8, 0.5, [2, 3]);
  } else {
    const chosen = new Set(scene.tracks.filter((one) => one.isSelected).map((one) => one.id));
    for (const one of scene.sights) if (chosen.has(one.object)) line(pen, greatCircle(one.from, one.to, 2), colour("--sensor"), 1, 0.7, [2, 3]);
  }
  const others: Box[] = [];
  if (shown.sensors) {
    for (const one of scene.sensors) {
      const isNamed = shown.labels && (view.pxPerDeg > 3 || one.condition !== "ok");
      for (const [x, y] of spots(view, one.place)) {
        targets.push({ kind: "sensor", id: one.id, x, y });
        sensorMark(ctx, one, x, y, colour, isNamed);
        others.push(sensorBox(one, x, y, isNamed));
      }
    }
  }
  for (const one of scene.spots) {
    for (const [x, y] of spots(view, one.place)) {
      targets.push({ kind: one.kind, id: one.id, x, y });
      spotMark(ctx, one, x, y, colour, shown.labels && view.pxPerDeg > 6);
    }
  }
  for (const one of scene.tracks) drawTrack(pen, one, colour, targets, shown, scene.tracks.length > CROWD);
  if (shown.labels) {
    const list = scene.tracks.map((track): Labelled => {
      const [x, y] = toScreen(view, track.place);
      const ends = [track.impact?.place, track.launch].filter((p): p is LonLat => !!p);
      return { track, x, y, keepClear: ends.map((p) => toScreen(view, p)) };
    });
    trackLabels(ctx, view, list, colour, pen.mode, pen.words.track, others);
  }
  return targets;
}

function drawAreas(pen: Pen, scene: Scene, colour: (token: string) => string): void {
  const { ctx, view } = pen;
  for (const area of scene.areas) {
    const isPast = area.tone === "past";
    const share = Math.round(area.probability * 100);
    if (area.of === "launch") {
      ring(pen, area.rings, null, colour("--accent"), 1, share === 90 ? 1.2 : 0.7, share === 99 ? [2, 3] : []);
      continue;
    }
    const tint = isPast ? colour("--off") : colour(`--area-${share}`) || colour("--area-90");
    const alpha = (isPast ? 0.4 : 1) * (share >= 99 ? 0.16 : share >= 90 ? 0.24 : 0.42);
    ring(pen, area.rings, tint, tint, alpha, share === 90 ? 1.6 : 0.9, area.isConditional ? [4, 3] : share >= 99 ? [2, 3] : []);
  }
  // an area smaller than a few pixels would vanish: its place is marked all the same
  for (const track of scene.tracks) {
    if (!track.impact) continue;
    for (const [x, y] of spots(view, track.impact.place)) {
      ctx.save();
      ctx.strokeStyle = track.tone === "past" ? colour("--off") : colour("--area-50");
      ctx.lineWidth = track.isSelected ? 2 : 1.3;
      if (track.impact.isConditional) ctx.setLineDash([2, 2]);
      ctx.beginPath();
      for (const [dx, dy] of [[-1, -1], [1, -1], [-1, 1], [1, 1]] as const) {
        ctx.moveTo(x + dx * 3, y + dy * 3);
        ctx.lineTo(x + dx * 7, y + dy * 7);
      }
      ctx.stroke();
      ctx.restore();
    }
  }
}

function drawTrack(pen: Pen, one: TrackShape, colour: (token: string) => string, targets: Target[], shown: Record<Layer, boolean>, isCrowd: boolean): void {
  const { ctx, view } = pen;
  const tint = colour(TONE_TOKEN[one.tone]);
  if (shown.trails) {
    const trail = lonLats(one.trail);
    if (one.launch) {
      const first = trail[0] ?? one.place;
      line(pen, greatCircle(one.launch, first, 0.5), one.tone === "past" ? colour("--off") : colour("--trail"), 1, 0.7, [2, 3]);
      for (const [x, y] of spots(view, one.launch)) {
        ctx.save();
        ctx.strokeStyle = one.tone === "past" ? colour("--off") : colour("--accent");
        ctx.lineWidth = 1.3;
        ctx.beginPath();
        ctx.moveTo(x, y - 4);
        ctx.lineTo(x + 4, y + 3);
        ctx.lineTo(x - 4, y + 3);
        ctx.closePath();
        ctx.stroke();
        ctx.restore();
      }
    }
    if (trail.length > 1) line(pen, trail, one.tone === "past" ? colour("--off") : colour("--trail"), one.isSelected ? 2.4 : 1.6, one.tone === "past" ? 0.5 : 0.95);
  }
  if (one.ellipse && (one.isSelected || one.ellipse.major_km * 2.146 * view.pxPerDeg > 111 * 5)) {
    for (const share of [0.99, 0.9, 0.5]) {
      ring(pen, [ellipseRing(one.place, one.ellipse, share)], null, tint, 1, share === 0.9 ? 1.3 : 0.8, share === 0.99 ? [2, 3] : []);
    }
  }
  // of a crowd only what asks for something has its line ahead: a thousand lines say nothing, and cost more than the marks
  if (one.heading_deg !== null && one.speed_mps && one.tone !== "past" && (!isCrowd || one.tone !== "track" || one.isSelected)) {
    const ahead = destination(one.place, one.heading_deg, (one.speed_mps * LEADER_S) / 1000);
    line(pen, [one.place, ahead], tint, 1.2, 0.85);
  }
  for (const [x, y] of spots(view, one.place)) {
    targets.push({ kind: "object", id: one.id, x, y });
    trackMark(ctx, one, x, y, colour, isCrowd);
  }
}
