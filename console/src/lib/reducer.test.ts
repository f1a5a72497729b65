import { describe, expect, it } from "vitest";
import type { Picture, SnapshotFrame, TrackedObject } from "./model";
import { fold, merged, NOTHING } from "./reducer";

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
  ...more,
});
const snapshot = (more: Partial<Picture> = {}, seq = 1): SnapshotFrame => ({
  type: "snapshot",
  seq,
  journal: "night",
  entry: 10,
  picture: picture(more),
});

describe("the reducer", () => {
  it("changes nothing by an update that comes before any snapshot", () => {
    expect(fold(NOTHING, { type: "update", seq: 5, entry: 1 })).toBe(NOTHING);
  });

  it("changes nothing by an update that is older than what is known", () => {
    const known = fold(NOTHING, snapshot({}, 7));
    expect(fold(known, { type: "update", seq: 7, entry: 1, objects: [object("O1")] })).toBe(known);
  });

  it("puts changed objects in their places, new ones at the end, and takes out those that are gone", () => {
    let now = fold(NOTHING, snapshot({ objects: [object("O1"), object("O2"), object("O3")] }));
    now = fold(now, {
      type: "update",
      seq: 2,
      entry: 11,
      objects: [object("O2", "coast"), object("O4")],
      objects_gone: ["O1"],
    });
    expect(now.picture?.objects.map((one) => `${one.id} ${one.phase}`)).toEqual(["O2 coast", "O3 boost", "O4 boost"]);
  });

  it("keeps the identity of what an update does not touch", () => {
    const before = fold(NOTHING, snapshot({ objects: [object("O1")] }));
    const after = fold(before, { type: "update", seq: 2, entry: 11, counts: { scans: 2, detections: 2, quarantined: 0 } });
    expect(after.picture?.objects).toBe(before.picture?.objects);
    expect(after.picture?.sensors).toBe(before.picture?.sensors);
  });

  it("tells null, which was said, from absent, which was not", () => {
    const said = { text: "none seen", area: null, within_s: 60, probabilities: {}, sigmas: {}, sensors_lost: [], sensors_in_noise: [] };
    const before = fold(NOTHING, snapshot({ no_launch: said }));
    expect(fold(before, { type: "update", seq: 2, entry: 11 }).picture?.no_launch).toEqual(said);
    expect(fold(before, { type: "update", seq: 2, entry: 11, no_launch: null }).picture?.no_launch).toBeNull();
  });

  it("adds new findings to those before", () => {
    const event = { text: "a" } as Picture["events"][number];
    const before = fold(NOTHING, snapshot({ events: [event] }));
    const after = fold(before, { type: "update", seq: 2, entry: 11, events: [{ ...event, text: "b" }] });
    expect(after.picture?.events.map((one) => one.text)).toEqual(["a", "b"]);
  });

  it("keeps what is said to be gone and to be there in one breath", () => {
    expect(merged([object("O1")], [object("O1", "lost")], ["O1"], (one) => one.id)).toEqual([object("O1", "lost")]);
  });
});
