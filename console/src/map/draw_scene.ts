/** What is believed, drawn over the ground: doubt first and faint, then sensors, then tracks, then a few words. */
import type { Mode } from "../lib/model";
import { ellipseRing } from "./doubt";
import { trace, type Palette } from "./draw_ground";
import { destination, greatCircle, type LonLat } from "./geodesics";
import type { Layer } from "./layers.svelte";
import { copies, lonScale, toScreen, type View } from "./projection";
import { splitLine, splitRing } from "./rings";
import type { Scene, SensorShape, SpotShape, Tone, TrackShape } from "./scene";
import { symbolPicture } from "./symbols";
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

export const TONE_TOKEN: Record<Tone, string> = {
  critical: "--critical",
  serious: "--serious",
  caution: "--caution",
  track: "--track",
  past: "--off",
};
const LEADER_S = 60;
const FRESH_S = 12;
const HOLLOW_S = 60;

/** How full a track's mark is: full while fresh, hollow after a minute without a look. */
export const fullness = (age_s: number | null): number =>
  age_s === null ? 0 : Math.max(0, Math.min(1, (HOLLOW_S - age_s) / (HOLLOW_S - FRESH_S)));

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
  if (shown.sensors) {
    for (const one of scene.sensors) drawSensor(pen, one, colour, targets, shown.labels);
  }
  for (const one of scene.spots) drawSpot(pen, one, colour, targets, shown.labels);
  for (const one of scene.tracks) drawTrack(pen, one, colour, targets, shown);
  if (shown.labels) drawLabels(pen, scene.tracks, colour);
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

function sensorColour(one: SensorShape, colour: (token: string) => string): string {
  if (one.condition === "degraded") return colour("--serious");
  if (one.condition === "silent") return colour("--off");
  return colour("--sensor");
}

/** Ground sensors are triangles, satellites rings with wings; degraded half full, silent hollow and struck out. */
function drawSensor(pen: Pen, one: SensorShape, colour: (token: string) => string, targets: Target[], isNamed: boolean): void {
  const { ctx, view } = pen;
  const tint = sensorColour(one, colour);
  for (const [x, y] of spots(view, one.place)) {
    targets.push({ kind: "sensor", id: one.id, x, y });
    const size = one.isSelected ? 7 : 5.5;
    ctx.save();
    ctx.translate(x, y);
    ctx.strokeStyle = tint;
    ctx.fillStyle = one.condition === "silent" ? colour("--sea") : tint;
    ctx.lineWidth = 1.5;
    const body = new Path2D();
    if (one.isInSpace) {
      body.arc(0, 0, size * 0.55, 0, 2 * Math.PI);
      ctx.beginPath();
      ctx.moveTo(-size * 1.5, 0);
      ctx.lineTo(-size * 0.55, 0);
      ctx.moveTo(size * 0.55, 0);
      ctx.lineTo(size * 1.5, 0);
      ctx.lineWidth = 3;
      ctx.stroke();
      ctx.lineWidth = 1.5;
    } else {
      body.moveTo(0, -size);
      body.lineTo(size * 0.95, size * 0.7);
      body.lineTo(-size * 0.95, size * 0.7);
      body.closePath();
    }
    if (one.condition === "degraded") {
      ctx.save();
      ctx.clip(body);
      ctx.fillRect(-size, -size, size, 2 * size);
      ctx.restore();
    } else ctx.fill(body);
    ctx.stroke(body);
    if (one.condition === "silent") {
      ctx.beginPath();
      ctx.moveTo(-size, size);
      ctx.lineTo(size, -size);
      ctx.stroke();
    }
    if (one.isSelected) halo(ctx, colour("--focus"), 13);
    ctx.restore();
    if (isNamed && (view.pxPerDeg > 3 || one.isSelected || one.condition !== "ok")) {
      const doubt = one.condition === "ok" || one.condition === "unknown" ? "" : one.condition === "silent" ? " ⊘" : " ◐";
      text(ctx, one.id + doubt, x + 9, y + 4, tint, colour("--sea"), 10.5, 0.9);
    }
  }
}

function drawSpot(pen: Pen, one: SpotShape, colour: (token: string) => string, targets: Target[], isNamed: boolean): void {
  const { ctx, view } = pen;
  const tint = colour(one.kind === "noise" ? "--serious" : "--track");
  for (const [x, y] of spots(view, one.place)) {
    targets.push({ kind: one.kind, id: one.id, x, y });
    ctx.save();
    ctx.strokeStyle = tint;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    if (one.kind === "noise") {
      for (let i = 0; i <= 12; i++) ctx.lineTo(x - 7 + (14 * i) / 12, y + (i % 2 ? 4 : -4));
    } else {
      for (const [dx, dy] of [[-4, 2], [4, 2], [0, -4]] as const) {
        ctx.moveTo(x + dx + 2.2, y + dy);
        ctx.arc(x + dx, y + dy, 2.2, 0, 2 * Math.PI);
      }
    }
    ctx.stroke();
    ctx.restore();
    if (isNamed) text(ctx, one.text, x + 11, y + 4, tint, colour("--sea"), 11, 1);
  }
}

/** Marks as on the alert board: eight corners, triangle, diamond; a disc for a mere track, a ring for what is over. */
export function mark(tone: Tone, size: number): Path2D {
  const path = new Path2D();
  const corners = (list: [number, number][]) => {
    list.forEach(([x, y], i) => (i ? path.lineTo(x * size, y * size) : path.moveTo(x * size, y * size)));
    path.closePath();
  };
  if (tone === "critical") corners([[-0.42, -1], [0.42, -1], [1, -0.42], [1, 0.42], [0.42, 1], [-0.42, 1], [-1, 0.42], [-1, -0.42]]);
  else if (tone === "serious") corners([[0, -1.1], [1.05, 0.8], [-1.05, 0.8]]);
  else if (tone === "caution") corners([[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]]);
  else path.arc(0, 0, size * (tone === "past" ? 0.75 : 0.85), 0, 2 * Math.PI);
  return path;
}

function drawTrack(pen: Pen, one: TrackShape, colour: (token: string) => string, targets: Target[], shown: Record<Layer, boolean>): void {
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
  if (one.heading_deg !== null && one.speed_mps && one.tone !== "past") {
    const ahead = destination(one.place, one.heading_deg, (one.speed_mps * LEADER_S) / 1000);
    line(pen, [one.place, ahead], tint, 1.2, 0.85);
  }
  for (const [x, y] of spots(view, one.place)) {
    targets.push({ kind: "object", id: one.id, x, y });
    const size = one.tone === "past" ? 4.5 : one.tone === "track" ? 4.5 : 6;
    const shape = mark(one.tone, one.isSelected ? size + 1.5 : size);
    ctx.save();
    ctx.translate(x, y);
    ctx.fillStyle = colour("--sea");
    ctx.globalAlpha = 0.85;
    ctx.fill(shape);
    ctx.globalAlpha = one.tone === "past" ? 0 : fullness(one.age_s);
    ctx.fillStyle = tint;
    ctx.fill(shape);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = tint;
    ctx.lineWidth = 1.5;
    ctx.stroke(shape);
    if (one.isSelected) halo(ctx, colour("--focus"), size + 8);
    ctx.restore();
  }
}

function halo(ctx: CanvasRenderingContext2D, colour: string, radius: number): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.setLineDash([]);
  ctx.beginPath();
  for (let i = 0; i < 4; i++) {
    const from = (i * Math.PI) / 2 + 0.35;
    ctx.moveTo(radius * Math.cos(from), radius * Math.sin(from));
    ctx.arc(0, 0, radius, from, from + Math.PI / 2 - 0.7);
  }
  ctx.stroke();
}

function text(ctx: CanvasRenderingContext2D, words: string, x: number, y: number, ink: string, ground: string, size: number, alpha: number, weight = 500): void {
  ctx.save();
  ctx.font = `${weight} ${size}px ${FONT}`;
  ctx.globalAlpha = alpha;
  ctx.lineWidth = 3.2;
  ctx.strokeStyle = ground;
  ctx.strokeText(words, x, y);
  ctx.fillStyle = ink;
  ctx.fillText(words, x, y);
  ctx.restore();
}
const FONT = '"Inter Variable", Inter, "Segoe UI", system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif';

/** Two lines beside a track, where they cover no other: four places are tried, the most pressing track chooses first. */
function drawLabels(pen: Pen, tracks: readonly TrackShape[], colour: (token: string) => string): void {
  const { ctx, view, colours, mode } = pen;
  const taken: [number, number, number, number][] = [];
  const isFree = (box: [number, number, number, number]) =>
    box[0] >= 2 && box[2] <= view.width - 2 && box[1] >= 2 && box[3] <= view.height - 2 &&
    taken.every((t) => box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]);
  for (const one of tracks) {
    const [x, y] = toScreen(view, one.place);
    taken.push([x - 7, y - 7, x + 7, y + 7]);
  }
  let room = 60; // more words than that are read by nobody
  for (const one of [...tracks].reverse()) {
    if (room <= 0) break;
    if (one.tone === "track" && !one.isSelected && tracks.length > 80 && view.pxPerDeg < 8) continue;
    const [x, y] = toScreen(view, one.place);
    if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
    const [first, second] = pen.words.track(one);
    const tint = colour(TONE_TOKEN[one.tone]);
    const picture = one.tone === "past" ? null : symbolPicture(one.className, mode, { size: 15, ink: tint, ground: colours["--sea"]! });
    const icon = picture ? picture.width / 2 : 0;
    ctx.font = `600 11.5px ${FONT}`;
    const wide = Math.max(ctx.measureText(first).width, ctx.measureText(second).width) + icon + (icon ? 5 : 0);
    const tall = second ? 29 : 15;
    const places: [number, number][] = [[x + 12, y - tall - 4], [x + 12, y + 6], [x - wide - 12, y - tall - 4], [x - wide - 12, y + 6], [x + 18, y - 2 * tall], [x + 18, y + tall + 8]];
    const place = places.find(([px, py]) => isFree([px, py, px + wide, py + tall])) ?? (one.isSelected ? places[0]! : null);
    if (!place) continue;
    room--;
    const [px, py] = place;
    taken.push([px, py, px + wide, py + tall]);
    ctx.save();
    ctx.strokeStyle = tint;
    ctx.globalAlpha = 0.5;
    ctx.lineWidth = 0.8;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(px + (px > x ? -2 : wide + 2), py + tall / 2);
    ctx.stroke();
    ctx.restore();
    if (picture) ctx.drawImage(picture, px, py + tall / 2 - picture.height / 4, picture.width / 2, picture.height / 2);
    const left = px + icon + (icon ? 5 : 0);
    text(ctx, first, left, py + 11, one.tone === "past" ? colour("--off") : colour("--text"), colours["--sea"]!, 11.5, 1, 600);
    if (second) text(ctx, second, left, py + 25, tint, colours["--sea"]!, 11.5, 1, 500);
  }
}
