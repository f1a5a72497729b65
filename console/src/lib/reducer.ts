/**
 * One reducer for live and replay: a snapshot is the whole document, an update holds only what changed.
 *
 * Pure. Lists that an update does not touch keep their identity, so that panels which show them are not redrawn.
 */
import type { Picture, PictureFrame, UpdateFrame } from "./model";

export interface Folded {
  picture: Picture | null;
  journal: string | null;
  seq: number;
  entry: number;
}

export const NOTHING: Folded = { picture: null, journal: null, seq: 0, entry: 0 };

/** The belief after one more frame; an update before any snapshot, or older than what is known, changes nothing. */
export function fold(before: Folded, frame: PictureFrame): Folded {
  if (frame.type === "snapshot") {
    return { picture: frame.picture, journal: frame.journal, seq: frame.seq, entry: frame.entry };
  }
  if (before.picture === null || frame.seq <= before.seq) return before;
  return { ...before, seq: frame.seq, entry: frame.entry, picture: updated(before.picture, frame) };
}

/** A picture with what an update says has changed. */
export function updated(picture: Picture, frame: UpdateFrame): Picture {
  const next: Picture = { ...picture };
  if (frame.t_now_utc !== undefined) next.t_now_utc = frame.t_now_utc;
  if (frame.t_now_plus_s !== undefined) next.t_now_plus_s = frame.t_now_plus_s;
  if (frame.counts !== undefined) next.counts = { ...picture.counts, ...frame.counts };
  if (frame.events?.length) next.events = [...picture.events, ...frame.events];
  next.objects = merged(picture.objects, frame.objects, frame.objects_gone, (one) => one.id);
  next.alerts = merged(picture.alerts, frame.alerts, undefined, (one) => one.id);
  next.candidates = merged(picture.candidates, frame.candidates, frame.candidates_gone, (one) => one.id);
  next.sensors = merged(picture.sensors, frame.sensors, undefined, (one) => one.id);
  next.sources = merged(picture.sources, frame.sources, undefined, (one) => one.sensor_id);
  if (frame.raids !== undefined) next.raids = frame.raids;
  if (frame.groups !== undefined) next.groups = frame.groups;
  if (frame.noise_sources !== undefined) next.noise_sources = frame.noise_sources;
  if (frame.registration !== undefined) next.registration = frame.registration;
  if (frame.no_launch !== undefined) next.no_launch = frame.no_launch;
  if (frame.catalogue !== undefined) {
    next.catalogue = frame.catalogue === null ? null : { ...(picture.catalogue ?? {}), ...frame.catalogue };
  }
  return next;
}

/** A list with changed members in their places, new ones at the end, and those that are gone left out. */
export function merged<T>(before: T[], changed: T[] | undefined, gone: string[] | undefined, name: (one: T) => string): T[] {
  if (!changed?.length && !gone?.length) return before;
  const fresh = new Map((changed ?? []).map((one) => [name(one), one]));
  const dead = new Set(gone ?? []);
  const after: T[] = [];
  for (const one of before) {
    const id = name(one);
    if (dead.has(id) && !fresh.has(id)) continue;
    after.push(fresh.get(id) ?? one);
    fresh.delete(id);
  }
  for (const one of fresh.values()) after.push(one);
  return after;
}
