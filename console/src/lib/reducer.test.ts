import { describe, expect, it } from "vitest";
import type { Picture, SnapshotFrame, TrackedObject, UpdateFrame } from "./model";
import { fold, FrameError, merged, NOTHING } from "./reducer";

const object = (id: string, phase = "boost") => ({ id, phase }) as TrackedObject;
const picture = (more: Partial<Picture> = {}): Picture => ({
  mode: "SIMULATED",
  engine_version: "0",
  t_now_utc: "2031-04-01T12:00:00Z",
  t_now_plus_s: null,
  counts: { scans: 1, detections: 2, quarantined: 0 },
  no_launch: null,
  events: [],
  objects: [],
  alerts: [],
  candidates: [],
  raids: [],
  sensors: [],
  groups: [],
  noise_sources: [],
  sources: [],
  predictions: [],
  registration: [],
  catalogue: null,
  partners: [],
  joint: [],
  ...more,
});
const snapshot = (more: Partial<Picture> = {}, seq = 1): SnapshotFrame => ({
  type: "snapshot",
  seq,
  journal: "night",
  entry: 10,
  picture: picture(more),
  desk: [],
  audit_tail: null,
  notices: [],
});
const update = (seq: number, more: Partial<UpdateFrame> = {}): UpdateFrame => ({
  type: "update",
  seq,
  entry: 11,
  t_now_utc: "2031-04-01T12:00:01Z",
  t_now_plus_s: null,
  counts: { scans: 2, detections: 2, quarantined: 0 },
  ...more,
});

describe("the reducer", () => {
  it("changes nothing by an update that comes before any snapshot", () => {
    expect(fold(NOTHING, update(5))).toBe(NOTHING);
  });

  it("changes nothing by an update that is older than what is known", () => {
    const known = fold(NOTHING, snapshot({}, 7));
    expect(fold(known, update(7, { objects: [object("O1")] }))).toBe(known);
  });

  it("puts changed objects in their places, new ones at the end, and takes out those that are gone", () => {
    let now = fold(NOTHING, snapshot({ objects: [object("O1"), object("O2"), object("O3")] }));
    now = fold(now, update(2, { objects: [object("O2", "coast"), object("O4")], objects_gone: ["O1"] }));
    expect(now.picture?.objects.map((one) => `${one.id} ${one.phase}`)).toEqual(["O2 coast", "O3 boost", "O4 boost"]);
  });

  it("keeps the identity of what an update does not touch", () => {
    const before = fold(NOTHING, snapshot({ objects: [object("O1")] }));
    const after = fold(before, update(2));
    expect(after.picture?.objects).toBe(before.picture?.objects);
    expect(after.picture?.sensors).toBe(before.picture?.sensors);
  });

  it("tells null, which was said, from absent, which was not", () => {
    const said = { text: "none seen", area: null, within_s: 60, probabilities: {}, sigmas: {}, sensors_lost: [], sensors_in_noise: [] };
    const before = fold(NOTHING, snapshot({ no_launch: said }));
    expect(fold(before, update(2)).picture?.no_launch).toEqual(said);
    expect(fold(before, update(2, { no_launch: null })).picture?.no_launch).toBeNull();
  });

  it("adds new findings to those before", () => {
    const event = { text: "a" } as Picture["events"][number];
    const before = fold(NOTHING, snapshot({ events: [event] }));
    const after = fold(before, update(2, { events: [{ ...event, text: "b" }] }));
    expect(after.picture?.events.map((one) => one.text)).toEqual(["a", "b"]);
  });

  it("keeps the order that is told, and refuses one that names what is not there", () => {
    const two = [object("O1"), object("O2")];
    expect(merged(two, [object("O3")], undefined, (one) => one.id, ["O3", "O1", "O2"]).map((one) => one.id)).toEqual(["O3", "O1", "O2"]);
    expect(() => merged(two, undefined, undefined, (one) => one.id, ["O9"])).toThrow(FrameError);
  });

  it("refuses to count events anew when it has others", () => {
    const before = fold(NOTHING, snapshot());
    expect(() => fold(before, update(2, { events_plus_s: [[1, 1]] }))).toThrow(FrameError);
  });
});
