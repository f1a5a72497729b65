/**
 * One reducer for live and replay: a snapshot is the whole document, an update holds only what changed.
 *
 * The twin of `doors/server/frames.py` (`fold`), held to it by tests/frames.test.ts. Pure. Lists that an update does
 * not touch keep their identity, so that panels which show them are not redrawn.
 */
import type { CatalogueChange, CatalogueMet, Finding, Picture, PictureFrame, UpdateFrame } from "./model";

export interface Folded {
  picture: Picture | null;
  journal: string | null;
  seq: number;
  entry: number;
}

export const NOTHING: Folded = { picture: null, journal: null, seq: 0, entry: 0 };

/** The update does not belong to the picture: a fresh snapshot is needed. */
export class FrameError extends Error {}

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
  const { raids, groups, noise_sources, predictions, partners, joint } = frame;
  return {
    ...picture,
    t_now_utc: frame.t_now_utc,
    t_now_plus_s: frame.t_now_plus_s,
    counts: frame.counts,
    events: eventsAfter(picture.events, frame),
    objects: merged(picture.objects, frame.objects, frame.objects_gone, (one) => one.id, frame.objects_order),
    alerts: merged(picture.alerts, frame.alerts, frame.alerts_gone, (one) => one.id, frame.alerts_order),
    candidates: merged(picture.candidates, frame.candidates, frame.candidates_gone, (one) => one.id, frame.candidates_order),
    sensors: merged(picture.sensors, frame.sensors, frame.sensors_gone, (one) => one.id, frame.sensors_order),
    sources: merged(picture.sources, frame.sources, frame.sources_gone, (one) => one.sensor_id, frame.sources_order),
    registration: merged(
      picture.registration,
      frame.registration,
      frame.registration_gone,
      (one) => one.sensor_id,
      frame.registration_order,
    ),
    ...(raids !== undefined && { raids }),
    ...(groups !== undefined && { groups }),
    ...(noise_sources !== undefined && { noise_sources }),
    ...(predictions !== undefined && { predictions }),
    ...(partners !== undefined && { partners }),
    ...(joint !== undefined && { joint }),
    ...(frame.no_launch !== undefined && { no_launch: frame.no_launch }),
    ...(frame.catalogue !== undefined && { catalogue: catalogueAfter(picture.catalogue, frame.catalogue) }),
  };
}

function eventsAfter(before: Finding[], frame: UpdateFrame): Finding[] {
  let events = before;
  const counts = frame.events_plus_s; // the zero of the seconds has moved: each earlier finding is counted anew
  if (counts !== undefined) {
    if (counts.length !== events.length) throw new FrameError(`frame ${frame.seq} counts other events than there are`);
    events = events.map((event, i) => ({ ...event, t_plus_s: counts[i]![0], t_declared_plus_s: counts[i]![1] }));
  }
  return frame.events?.length ? [...events, ...frame.events] : events;
}

function catalogueAfter(before: CatalogueMet | null, told: CatalogueChange | null): CatalogueMet | null {
  if (told === null) return null;
  const { is_whole, met, met_gone, met_order, ...counts } = told;
  if (is_whole === undefined) return { ...counts, met: met ?? [] };
  if (before === null) throw new FrameError("a change of the catalogue comes before the catalogue");
  return { ...counts, met: merged(before.met, met, met_gone, (one) => one.id, met_order) };
}

/**
 * A list without those that are gone, with changed members in their places and new ones at the end, or in the order
 * that is told.
 */
export function merged<T, N extends string | number>(
  before: T[],
  changed: T[] | undefined,
  gone: N[] | undefined,
  name: (one: T) => N,
  order?: N[],
): T[] {
  if (!changed?.length && !gone?.length && order === undefined) return before;
  const found = new Map(before.map((one) => [name(one), one]));
  for (const id of gone ?? []) found.delete(id);
  for (const one of changed ?? []) found.set(name(one), one);
  if (order === undefined) return [...found.values()];
  return order.map((id) => {
    const one = found.get(id);
    if (one === undefined) throw new FrameError(`an order names ${id}, which is not there`);
    return one;
  });
}
