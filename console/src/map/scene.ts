/**
 * What is to be drawn of a picture, in degrees and kilometres: one scene for the flat map, the globe and the table twin.
 *
 * Pure: a picture, the sensors' places and an instant in; shapes out. Nothing here knows of pixels.
 */
import { severityOf } from "../alerts/life";
import { msOf } from "../lib/format";
import type { Area, DeskAlert, Notice, ObjectState, Picture, TrackedObject } from "../lib/model";
import type { Selection } from "../lib/state.svelte";
import type { Fresh } from "./crowd";
import { bandRing, type Flight, flightBand, levelEllipse, type LevelEllipse, type Station } from "./doubt";
import { norm, type Vec3 } from "./earth";
import { fan, footprint, type Rings, strobe } from "./fields";
import { circle, ellipse, type LonLat } from "./geodesics";
import { glintRing, PLATES_DEG, SEA_DEG } from "./glint";
import { placeOf, type SensorPlace } from "./sensors";
import type { TrailPoint } from "./trails";

/** As on the alert board (alerts/life.ts), and below it a mere track, and what is over. */
export type Tone = "critical" | "serious" | "caution" | "standby" | "track" | "past";

export interface NestedArea {
  owner: Selection;
  of: "impact" | "launch";
  probability: number;
  rings: LonLat[][];
  area_km2: number;
  tone: Tone;
  isConditional: boolean;
}
export interface TrackShape {
  id: string;
  className: string;
  probability: number;
  phase: string;
  tone: Tone;
  place: LonLat;
  height_km: number;
  heading_deg: number | null;
  speed_mps: number | null;
  position_itrf_m: Vec3 | null;
  ellipse: LevelEllipse | null;
  age_s: number | null;
  isStale: boolean;
  trail: TrailPoint[];
  launch: LonLat | null;
  impact: { place: LonLat; from_s: number | null; to_s: number | null; isConditional: boolean } | null;
  sensors: string[];
  isSelected: boolean;
}
export interface BandShape {
  id: string;
  ring: LonLat[];
  middle: LonLat[];
  points: Vec3[] | null;
  widest_km: number;
  tone: Tone;
}
export interface SensorShape {
  id: string;
  kind: string;
  condition: string;
  text: string;
  place: LonLat;
  height_km: number;
  isInSpace: boolean;
  field: Rings;
  noise_rise_db: number;
  isSelected: boolean;
}
export interface StrobeShape {
  sensor: string;
  azimuth_deg: number;
  sigma_deg: number;
  noise_rise_db: number;
  ring: LonLat[];
}
export interface SpotShape {
  id: string;
  kind: "noise" | "group";
  place: LonLat;
  height_km: number;
  ring: LonLat[];
  text: string;
  count: number | null;
}
export interface NoticeShape {
  id: string;
  role: string;
  ring: LonLat[];
  isSelected: boolean;
}
export interface Sight {
  sensor: string;
  object: string;
  from: LonLat;
  to: LonLat;
}
export interface GlintShape {
  sensor: string;
  kind: "plates" | "sea";
  ring: LonLat[];
}

export interface Scene {
  t_ms: number;
  areas: NestedArea[];
  bands: BandShape[];
  tracks: TrackShape[];
  sensors: SensorShape[];
  strobes: StrobeShape[];
  spots: SpotShape[];
  notices: NoticeShape[];
  sights: Sight[];
  glints: GlintShape[];
}

export interface Asked {
  picture: Picture | null;
  desk: readonly DeskAlert[];
  notices: readonly Notice[];
  sensors: readonly SensorPlace[];
  selection: Selection | null;
  selectedObjects: readonly string[];
  t_ms: number;
  fieldHeight_km: number;
  trail: (id: string, t_ms: number) => TrailPoint[];
  isShown: (object: TrackedObject) => boolean;
  /** A newer place than the row's, of a crowd's track. */
  fresh?: (id: string) => Fresh | null;
}

/** What is worked out once and kept while its inputs stay: fans, glint rings, bands. */
export class Memory {
  #kept = new Map<string, { key: string; value: unknown }>();
  budget = 0;

  /** A value made anew only when its key changes; with `isDear`, only while this scene's budget lasts. */
  of<T>(name: string, key: string, make: () => T, isDear = false): T | undefined {
    const known = this.#kept.get(name);
    if (known?.key === key) return known.value as T;
    if (isDear && this.budget-- <= 0) return known?.value as T | undefined;
    const value = make();
    this.#kept.set(name, { key, value });
    if (this.#kept.size > 3000) this.#kept.delete(this.#kept.keys().next().value!);
    return value;
  }
}

const OVER = new Set(["down", "lost"]);
export const WEIGHT: Record<Tone, number> = { past: 0, track: 1, standby: 2, caution: 3, serious: 4, critical: 5 };

/** How much each object asks of whoever watches: the board's severity, or before the desk has it the same by its evidence. */
export function tonesOf(picture: Picture, desk: readonly DeskAlert[]): Map<string, Tone> {
  const tones = new Map<string, Tone>();
  const raise = (id: string | null, tone: Tone) => {
    if (id && WEIGHT[tone] > WEIGHT[tones.get(id) ?? "past"]) tones.set(id, tone);
  };
  for (const one of desk) {
    const severity = severityOf(one);
    if (severity !== "off") for (const id of one.object_ids) raise(id, severity);
  }
  for (const one of picture.alerts) {
    const isImpact = one.kind === "impact";
    if (one.evidence === "confirmed") raise(one.object_id, isImpact ? "critical" : "serious");
    else if (one.evidence === "correlated") raise(one.object_id, isImpact ? "serious" : "caution");
    else if (one.evidence === "candidate") raise(one.object_id, "standby");
  }
  return tones;
}
const toneOf = (object: TrackedObject, tones: Map<string, Tone>): Tone =>
  OVER.has(object.phase) ? "past" : (tones.get(object.id) ?? "track");

const pairs = (lon_deg: readonly number[], lat_deg: readonly number[]): LonLat[] => lon_deg.map((lon, i) => [lon, lat_deg[i] ?? 0]);
const ringsOf = (area: Area): LonLat[][] => {
  const all = pairs(area.lon_deg, area.lat_deg);
  if (area.shape !== "ring") return [all];
  // a ring round a pad: outer and inner edge, half of the corners each
  const half = Math.floor(all.length / 2);
  return all.length % 2 === 0 && half > 2 ? [all.slice(0, half), all.slice(half)] : [all];
};

/** Seconds from an instant to one that is told in UTC or, where the feed has no epoch, in seconds after lift-off. */
function seconds(utc: string | null | undefined, plus_s: number | null | undefined, t_ms: number, now_plus_s: number | null): number | null {
  const ms = msOf(utc);
  if (ms !== null) return (ms - t_ms) / 1000;
  return plus_s !== null && plus_s !== undefined && now_plus_s !== null ? plus_s - now_plus_s : null;
}

export function makeScene(asked: Asked, memory: Memory): Scene {
  const { picture, t_ms } = asked;
  memory.budget = 2;
  const scene: Scene = {
    t_ms,
    areas: [],
    bands: [],
    tracks: [],
    sensors: [],
    strobes: [],
    spots: [],
    notices: [],
    sights: [],
    glints: [],
  };
  addSensors(scene, asked, memory);
  addNotices(scene, asked);
  if (!picture) return scene;
  const tones = tonesOf(picture, asked.desk);
  for (const object of picture.objects) {
    if (asked.isShown(object) || asked.selectedObjects.includes(object.id)) addObject(scene, object, toneOf(object, tones), asked, picture, memory);
  }
  // what matters most is drawn last, so that it lies on top; the chosen one above all
  const rank = (tone: Tone, id: string) => WEIGHT[tone] + (asked.selectedObjects.includes(id) ? 10 : 0);
  scene.tracks.sort((a, b) => rank(a.tone, a.id) - rank(b.tone, b.id));
  scene.areas.sort((a, b) => rank(a.tone, a.owner.id) - rank(b.tone, b.owner.id) || b.probability - a.probability);
  const where = new Map(scene.sensors.map((one) => [one.id, one.place]));
  for (const track of scene.tracks) {
    if (track.tone === "past") continue;
    for (const sensor of track.sensors) {
      const from = where.get(sensor);
      if (from) scene.sights.push({ sensor, object: track.id, from, to: track.place });
    }
  }
  for (const one of picture.groups) {
    const [a = 0, b = 0] = [...one.spread_km].sort((x, y) => y - x);
    const major = Math.max(1, 2 * a);
    const way = one.velocity_itrf_mps.length === 3 ? headingOf(one.velocity_itrf_mps as unknown as Vec3, one.lat_deg, one.lon_deg) : 0;
    scene.spots.push({
      id: one.id,
      kind: "group",
      place: [one.lon_deg, one.lat_deg],
      height_km: one.altitude_km,
      ring: ellipse([one.lon_deg, one.lat_deg], major, Math.max(1, 2 * b), way, 48),
      text: `${one.id} ×${Math.round(one.count)}`,
      count: one.count,
    });
  }
  for (const one of picture.noise_sources) {
    scene.spots.push({
      id: one.id,
      kind: "noise",
      place: [one.lon_deg, one.lat_deg],
      height_km: one.height_km,
      ring: circle([one.lon_deg, one.lat_deg], Math.max(0.5, 2.146 * one.level_sigma_km), 48),
      text: one.id,
      count: null,
    });
  }
  return scene;
}

function headingOf(velocity: Vec3, lat_deg: number, lon_deg: number): number {
  const [lat, lon] = [(lat_deg * Math.PI) / 180, (lon_deg * Math.PI) / 180];
  const e = -Math.sin(lon) * velocity[0] + Math.cos(lon) * velocity[1];
  const n = -Math.sin(lat) * (Math.cos(lon) * velocity[0] + Math.sin(lon) * velocity[1]) + Math.cos(lat) * velocity[2];
  return ((Math.atan2(e, n) * 180) / Math.PI + 360) % 360;
}

function addObject(scene: Scene, object: TrackedObject, tone: Tone, asked: Asked, picture: Picture, memory: Memory): void {
  const { t_ms } = asked;
  const owner: Selection = { kind: "object", id: object.id };
  const isSelected = asked.selectedObjects.includes(object.id);
  const isOver = tone === "past";
  for (const area of object.launch?.areas ?? []) {
    scene.areas.push({ owner, of: "launch", probability: area.probability, rings: ringsOf(area), area_km2: area.area_km2, tone, isConditional: false });
  }
  const isConditional = object.impact?.is_conditional ?? false;
  for (const area of object.impact_areas) {
    scene.areas.push({ owner, of: "impact", probability: area.probability, rings: ringsOf(area), area_km2: area.area_km2, tone, isConditional });
  }
  const told = asked.fresh?.(object.id) ?? null;
  const isNewer = told !== null && told.t_ms > (msOf(object.state?.t_utc) ?? -Infinity);
  const state: ObjectState | null = isNewer ? { ...object.state, ...told, t_utc: new Date(told.t_ms).toISOString() } : object.state;
  const velocity = vec(state?.velocity_itrf_mps);
  const position = vec(state?.position_itrf_m);
  const covariance = (state?.["covariance_itrf"] ?? null) as number[][] | null;
  const impact = object.impact
    ? {
        place: [object.impact.lon_deg, object.impact.lat_deg] as LonLat,
        from_s: seconds(object.impact.t_90_utc[0], object.impact.t_90_plus_s[0], t_ms, picture.t_now_plus_s),
        to_s: seconds(object.impact.t_90_utc[1], object.impact.t_90_plus_s[1], t_ms, picture.t_now_plus_s),
        isConditional,
      }
    : null;
  const launch: LonLat | null = object.launch ? [object.launch.lon_deg, object.launch.lat_deg] : null;
  const isUnderground = (state?.altitude_km ?? 0) < -1;
  let place: LonLat | null =
    state?.lat_deg !== undefined && state.lon_deg !== undefined ? [state.lon_deg, state.lat_deg] : null;
  if ((place === null || isUnderground) && isOver && impact) place = impact.place;
  place ??= launch ?? impact?.place ?? null;
  if (!place) return;
  const age_s = seconds(state?.t_utc, state?.t_plus_s, t_ms, picture.t_now_plus_s);
  scene.tracks.push({
    id: object.id,
    className: object.class,
    probability: object.probabilities[object.class] ?? 0,
    phase: object.phase,
    tone,
    place,
    height_km: Math.max(0, state?.altitude_km ?? 0),
    heading_deg: velocity && !isOver ? headingOf(velocity, place[1], place[0]) : null,
    speed_mps: velocity ? norm(velocity) : null,
    position_itrf_m: isUnderground ? null : position,
    ellipse: covariance && !isOver ? levelEllipse(covariance, place[1], place[0]) : null,
    age_s: age_s === null ? null : -age_s,
    isStale: object.quality.includes("stale"),
    trail: asked.trail(object.id, t_ms).filter((p) => p.height_m > -1000),
    launch,
    impact,
    sensors: object.sensors,
    isSelected,
  });
  if (isOver) return;
  const warned = asked.desk.find((one) => one.object_ids.includes(object.id) && Array.isArray(one["corridor" as keyof DeskAlert]));
  const stations = warned?.["corridor" as keyof DeskAlert] as unknown as Station[] | undefined;
  if (stations && stations.length > 1) {
    scene.bands.push(band(object.id, stations, null, tone));
  } else if (object.phase === "coast" && position && velocity && covariance && object.impact) {
    // dear: two a scene, so that a raid of hundreds fills in over seconds and no frame waits
    const flight = memory.of<Flight | null>(
      `band ${object.id}`,
      String(state?.t_utc ?? state?.t_plus_s),
      () => flightBand([...position, ...velocity], covariance),
      true,
    );
    if (flight) scene.bands.push(band(object.id, flight.stations, flight.points, tone));
  }
}

function band(id: string, stations: readonly Station[], points: Vec3[] | null, tone: Tone): BandShape {
  return {
    id,
    ring: bandRing(stations),
    middle: stations.map((one) => [one.lon_deg, one.lat_deg]),
    points,
    widest_km: Math.max(...stations.map((one) => one.half_width_90_km)),
    tone,
  };
}

const vec = (value: unknown): Vec3 | null =>
  Array.isArray(value) && value.length === 3 && value.every((v) => Number.isFinite(v)) ? (value as unknown as Vec3) : null;

function addSensors(scene: Scene, asked: Asked, memory: Memory): void {
  const { t_ms, fieldHeight_km } = asked;
  const health = new Map((asked.picture?.sensors ?? []).map((one) => [one.id, one]));
  for (const sensor of asked.sensors) {
    const place = placeOf(sensor, t_ms);
    if (!place) continue;
    const own = health.get(sensor.id);
    const position = sensor.position?.(t_ms) ?? null;
    const key = position
      ? `${position.map((v) => Math.round(v / 20e3)).join()} ${fieldHeight_km}`
      : `${JSON.stringify(sensor.field)} ${fieldHeight_km}`;
    const field = memory.of(`field ${sensor.id}`, key, () =>
      position ? [footprint(position, sensor.field.off_nadir_max_deg ?? 90, fieldHeight_km)] : fan(sensor, fieldHeight_km),
    )!;
    const here: LonLat = [place.lon_deg, place.lat_deg];
    scene.sensors.push({
      id: sensor.id,
      kind: sensor.kind,
      condition: own?.condition ?? "unknown",
      text: own?.text ?? "",
      place: here,
      height_km: place.height_m / 1e3,
      isInSpace: position !== null,
      field,
      noise_rise_db: own?.noise_rise_db ?? 0,
      isSelected: asked.selection?.kind === "sensor" && asked.selection.id === sensor.id,
    });
    for (const one of own?.strobes ?? []) {
      const reach = Math.min(sensor.field.range_max_km ?? 2000, 4000);
      scene.strobes.push({
        sensor: sensor.id,
        azimuth_deg: one.azimuth_deg,
        sigma_deg: one.azimuth_sigma_deg,
        noise_rise_db: one.noise_rise_db,
        ring: strobe(here, one.azimuth_deg, one.azimuth_sigma_deg, reach),
      });
    }
    if (position && sensor.kind === "infrared") {
      // the Sun moves a quarter of a degree a minute
      const slot = `${Math.floor(t_ms / 60_000)} ${position.map((v) => Math.round(v / 50e3)).join()}`;
      for (const [kind, lean] of [["sea", SEA_DEG], ["plates", PLATES_DEG]] as const) {
        const ring = memory.of(`glint ${sensor.id} ${kind}`, slot, () => glintRing(position, t_ms, lean));
        if (ring) scene.glints.push({ sensor: sensor.id, kind, ring });
      }
    }
  }
}

interface ToldArea {
  role?: string;
  polygon_deg?: [lat: number, lon: number][];
  lat_deg?: number;
  lon_deg?: number;
  radius_km?: number;
}

/** Areas of notices; corners are (latitude, longitude) there, as NOTAMs have them. */
function addNotices(scene: Scene, asked: Asked): void {
  for (const notice of asked.notices) {
    const told = ((notice as unknown as Record<string, unknown>)["notice"] ?? notice) as Record<string, unknown>;
    const id = String(notice.id ?? told["id"] ?? "");
    const isSelected = asked.selection?.kind === "notice" && asked.selection.id === id;
    for (const role of ["launch_areas", "hazard_areas"] as const) {
      const areas = told[role];
      for (const area of (Array.isArray(areas) ? areas : []) as ToldArea[]) {
        let ring: LonLat[] | null = null;
        if (area.polygon_deg && area.polygon_deg.length > 2) ring = area.polygon_deg.map(([lat, lon]) => [lon, lat]);
        else if (area.lat_deg !== undefined && area.lon_deg !== undefined) {
          ring = circle([area.lon_deg, area.lat_deg], Math.max(5, area.radius_km ?? 0), 48);
        }
        if (ring) scene.notices.push({ id, role: area.role || role.replace("_areas", ""), ring, isSelected });
      }
    }
  }
}

/** Where to look to see the selection: the places to be fitted into the view. */
export function placesOf(scene: Scene, selection: Selection | null, objects: readonly string[]): LonLat[] {
  if (!selection) return [];
  if (selection.kind === "sensor") return scene.sensors.filter((one) => one.id === selection.id).map((one) => one.place);
  if (selection.kind === "notice") return scene.notices.filter((one) => one.id === selection.id).flatMap((one) => one.ring);
  const places: LonLat[] = [];
  for (const track of scene.tracks) {
    if (!objects.includes(track.id)) continue;
    places.push(track.place);
    if (track.impact) places.push(track.impact.place);
    if (track.launch) places.push(track.launch);
  }
  for (const area of scene.areas) {
    if (objects.includes(area.owner.id) && area.of === "impact" && area.probability <= 0.9) places.push(...area.rings.flat());
  }
  return places;
}
