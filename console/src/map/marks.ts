/** Marks and words at a point of the screen: the same on the flat map and over the globe. */
import type { Mode } from "../lib/model";
import type { SensorShape, SpotShape, Tone, TrackShape } from "./scene";
import { symbolPicture } from "./symbols";

export type Colour = (token: string) => string;

export const TONE_TOKEN: Record<Tone, string> = {
  critical: "--critical",
  serious: "--serious",
  caution: "--caution",
  standby: "--standby",
  track: "--track",
  past: "--off",
};
export const CROWD = 200; // more tracks than this are drawn small
const FRESH_S = 12;
const HOLLOW_S = 60;
const FONT = '"Inter Variable", Inter, "Segoe UI", system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif';

/** How full a track's mark is: full while fresh, hollow after a minute without a look. */
export const fullness = (age_s: number | null): number =>
  age_s === null ? 0 : Math.max(0, Math.min(1, (HOLLOW_S - age_s) / (HOLLOW_S - FRESH_S)));

export const sensorColour = (one: SensorShape, colour: Colour): string =>
  colour(one.condition === "degraded" ? "--serious" : one.condition === "silent" ? "--off" : "--sensor");

/** Marks as on the alert board: eight corners, triangle, diamond, square; a disc for a mere track, a ring for what is over. */
export function mark(tone: Tone, size: number): Path2D {
  const path = new Path2D();
  const corners = (list: [number, number][]) => {
    list.forEach(([x, y], i) => (i ? path.lineTo(x * size, y * size) : path.moveTo(x * size, y * size)));
    path.closePath();
  };
  if (tone === "critical") corners([[-0.42, -1], [0.42, -1], [1, -0.42], [1, 0.42], [0.42, 1], [-0.42, 1], [-1, 0.42], [-1, -0.42]]);
  else if (tone === "serious") corners([[0, -1.1], [1.05, 0.8], [-1.05, 0.8]]);
  else if (tone === "caution") corners([[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]]);
  else if (tone === "standby") corners([[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]]);
  else path.arc(0, 0, size * (tone === "past" ? 0.75 : 0.85), 0, 2 * Math.PI);
  return path;
}

/** A track: its shape says how sure the alarm is, its filling how fresh the last look, a broken ring that it is chosen. */
export function trackMark(ctx: CanvasRenderingContext2D, one: TrackShape, x: number, y: number, colour: Colour, isCrowd = false): void {
  const tint = colour(TONE_TOKEN[one.tone]);
  const size = one.tone === "past" || one.tone === "track" ? (isCrowd ? 2.4 : 4.5) : 6;
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
  ctx.lineWidth = isCrowd ? 1 : 1.5;
  ctx.stroke(shape);
  if (one.isSelected) halo(ctx, colour("--focus"), size + 8);
  ctx.restore();
}

/** Ground sensors are triangles, satellites rings with wings; degraded half full, silent hollow and struck out. */
export function sensorMark(ctx: CanvasRenderingContext2D, one: SensorShape, x: number, y: number, colour: Colour, isNamed: boolean): void {
  const tint = sensorColour(one, colour);
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
  if (isNamed || one.isSelected) {
    const doubt = one.condition === "ok" || one.condition === "unknown" ? "" : one.condition === "silent" ? " ⊘" : " ◐";
    text(ctx, one.id + doubt, x + 9, y + 4, tint, colour("--sea"), 10.5, 0.9);
  }
}

export function spotMark(ctx: CanvasRenderingContext2D, one: SpotShape, x: number, y: number, colour: Colour, isNamed: boolean): void {
  const tint = colour(one.kind === "noise" ? "--serious" : "--track");
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

export function text(ctx: CanvasRenderingContext2D, words: string, x: number, y: number, ink: string, ground: string, size: number, alpha: number, weight = 500): void {
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

/** Left, top, right, bottom, px. */
export type Box = [number, number, number, number];

/** Where a sensor's mark and name stand, near enough. */
export const sensorBox = (one: SensorShape, x: number, y: number, isNamed: boolean): Box => [
  x - 8,
  y - 8,
  isNamed ? x + 12 + 6 * one.id.length : x + 8,
  y + 8,
];

export interface Labelled {
  track: TrackShape;
  x: number;
  y: number;
  keepClear: [number, number][]; // points that no words may cover
}

/** Two lines beside a track, where they cover no other: six places are tried, the most pressing track chooses first. */
export function trackLabels(
  ctx: CanvasRenderingContext2D,
  size: { width: number; height: number },
  list: readonly Labelled[],
  colour: Colour,
  mode: Mode | null,
  words: (track: TrackShape) => [string, string],
  others: readonly Box[] = [],
): void {
  const taken: Box[] = [...others];
  const isFree = (box: Box) =>
    box[0] >= 2 &&
    box[2] <= size.width - 2 &&
    box[1] >= 2 &&
    box[3] <= size.height - 2 &&
    taken.every((t) => box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]);
  for (const one of list) {
    taken.push([one.x - 7, one.y - 7, one.x + 7, one.y + 7]);
    for (const [x, y] of one.keepClear) taken.push([x - 9, y - 9, x + 9, y + 9]);
  }
  let room = 60; // more words than that are read by nobody
  for (const { track, x, y } of [...list].reverse()) {
    if (room <= 0) break;
    if (track.tone === "track" && !track.isSelected && list.length > 80) continue;
    if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) continue;
    const [first, second] = words(track);
    const tint = colour(TONE_TOKEN[track.tone]);
    const ground = colour("--sea");
    const picture = track.tone === "past" ? null : symbolPicture(track.className, mode, { size: 20, ink: tint, ground });
    const icon = picture ? picture.width / 2 + 5 : 0;
    ctx.font = `600 11.5px ${FONT}`;
    const wide = Math.max(ctx.measureText(first).width, ctx.measureText(second).width) + icon;
    const tall = second ? 29 : 15;
    const places: [number, number][] = [
      [x + 12, y - tall - 4],
      [x + 12, y + 6],
      [x - wide - 12, y - tall - 4],
      [x - wide - 12, y + 6],
      [x + 18, y - 2 * tall],
      [x + 18, y + tall + 8],
    ];
    // of the free places the one that is near its own mark and far from the others'
    const away = ([px, py]: [number, number], mx: number, my: number) =>
      Math.hypot(Math.max(px - mx, 0, mx - px - wide), Math.max(py - my, 0, my - py - tall));
    const cost = (at: [number, number]) =>
      away(at, x, y) - Math.min(40, ...list.filter((one) => one.track !== track).map((one) => away(at, one.x, one.y)));
    const free = places.filter(([px, py]) => isFree([px, py, px + wide, py + tall])).sort((a, b) => cost(a) - cost(b));
    const place = free[0] ?? (track.isSelected ? places[0]! : null);
    if (!place) continue;
    room--;
    const [px, py] = place;
    taken.push([px, py, px + wide, py + tall]);
    ctx.save();
    ctx.strokeStyle = tint;
    ctx.globalAlpha = 0.8;
    ctx.lineWidth = 0.9;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(px + (px > x ? -2 : wide + 2), py + tall / 2);
    ctx.stroke();
    ctx.restore();
    if (picture) ctx.drawImage(picture, px, py + tall / 2 - picture.height / 4, picture.width / 2, picture.height / 2);
    text(ctx, first, px + icon, py + 11, track.tone === "past" ? colour("--off") : colour("--text"), ground, 11.5, 1, 600);
    if (second) text(ctx, second, px + icon, py + 25, tint, ground, 11.5, 1, 500);
  }
}
