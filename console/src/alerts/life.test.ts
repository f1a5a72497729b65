import { describe, expect, it } from "vitest";
import type { DeskAlert, Picture, SentMessage, TrackedObject } from "../lib/model";
import { columnOf, deskOfPast, differences, doable, grouped, impactOf, severityOf, shelterLeft_s, situationOf, standing, worstFirst } from "./life";
import { due, SILENT } from "./siren";

const alert = (more: Partial<DeskAlert> = {}): DeskAlert => ({
  id: "EXERCISE-1-O1",
  event_id: "E-1-O1",
  mode: "EXERCISE",
  kind: "impact",
  object_ids: ["O1"],
  evidence: "confirmed",
  message: "proposed",
  attention: {},
  attended: {},
  revision: "aaaa1111bbbb2222",
  revisions: 1,
  sequence: 0,
  proposed_utc: "2031-04-01T12:00:00Z",
  valid_until_utc: "2031-04-01T12:30:00Z",
  waits_for_second: null,
  approval: null,
  duties: [],
  explanations: [],
  reasons_for: [],
  reasons_against: [],
  marks: [],
  track_age_s: null,
  impact_areas: [],
  areas: [],
  areas_added: [],
  areas_dropped: [],
  rests_on: {} as DeskAlert["rests_on"],
  messages: [],
  ...more,
});
const sent = (more: Partial<SentMessage> = {}): SentMessage => ({
  message_id: "EXERCISE-1-O1.1",
  sequence: 1,
  type: "Alert",
  sent_utc: "2031-04-01T12:01:00Z",
  valid_until_utc: "2031-04-01T12:30:00Z",
  released_by: ["releasing-1", "releasing-2"],
  revision: "aaaa1111bbbb2222",
  supersedes: [],
  cancels: [],
  cancel_reason: null,
  channels: [],
  ...more,
});
const released = (more: Partial<DeskAlert> = {}) => alert({ message: "released", messages: [sent()], ...more });

describe("the column of an alert", () => {
  it("follows it through its life", () => {
    expect(columnOf(alert())).toBe("new");
    expect(columnOf(alert({ attention: { ann: "acknowledged" } }))).toBe("acknowledged");
    expect(columnOf(alert({ attention: { ann: "started" } }))).toBe("progress");
    expect(columnOf(alert({ waits_for_second: "releasing-1" }))).toBe("progress");
    expect(columnOf(released())).toBe("released");
    expect(columnOf(alert({ message: "cancelled" }))).toBe("over");
    expect(columnOf(alert({ message: "expired" }))).toBe("over");
    expect(columnOf(alert({ evidence: "withdrawn", message: "none" }))).toBe("over");
  });

  it("keeps in sight what is out although it is no longer believed, and calls it critical", () => {
    const wrong = released({ evidence: "withdrawn" });
    expect(columnOf(wrong)).toBe("released");
    expect(severityOf(wrong)).toBe("critical");
    expect(severityOf(alert({ evidence: "withdrawn", message: "none" }))).toBe("off");
  });
});

describe("how grave it is", () => {
  it.each([
    [{ evidence: "confirmed", kind: "impact" }, "critical"],
    [{ evidence: "confirmed", kind: "launch" }, "serious"],
    [{ evidence: "correlated", kind: "impact" }, "serious"],
    [{ evidence: "correlated", kind: "launch" }, "caution"],
    [{ evidence: "correlated", kind: "launch", areas: [{ name: "A", level: "take-shelter", what: "impact", probability: 0.5, seconds: 9 }] }, "serious"],
    [{ evidence: "candidate", kind: "launch" }, "standby"],
    [{ evidence: "passed", kind: "impact", message: "none" }, "off"],
  ] as [Partial<DeskAlert>, string][])("%o is %s", (more, severity) => {
    expect(severityOf(alert(more))).toBe(severity);
  });

  it("is critical where people must take shelter", () => {
    const areas: DeskAlert["areas"] = [{ name: "A", level: "take-shelter", what: "impact", probability: 0.5, seconds: 100 }];
    expect(severityOf(alert({ kind: "launch", areas }))).toBe("critical");
  });
});

describe("what may be done", () => {
  it("is no release of a candidate, and none twice", () => {
    expect(doable(alert(), "ann").release).toBe(true);
    expect(doable(alert({ evidence: "candidate" }), "ann").release).toBe(false);
    expect(doable(released(), "ann")).toMatchObject({ release: false, update: false, cancel: true });
  });

  it("is an update when there is something new, and a cancellation only of what stands", () => {
    expect(doable(released({ revision: "cccc3333" }), "ann").update).toBe(true);
    expect(doable(alert(), "ann").cancel).toBe(false);
    const taken = alert({ message: "cancelled", messages: [sent(), sent({ type: "Cancel" })] });
    expect(standing(taken)).toEqual([]);
    expect(doable(taken, "ann").cancel).toBe(false);
  });

  it("stands again after a cancellation when it is released anew", () => {
    const again = alert({ messages: [sent(), sent({ type: "Cancel" }), sent({ message_id: "third" })], message: "released" });
    expect(standing(again).map((one) => one.message_id)).toEqual(["third"]);
  });
});

describe("what has changed between two revisions", () => {
  const told = (level: "take-shelter" | "be-ready", name: string) => ({ name, level, what: "impact", probability: 0.5, seconds: 100 });

  it("is nothing where only figures moved", () => {
    expect(differences(alert({ areas: [told("be-ready", "A")] }), alert({ revision: "other", areas: [{ ...told("be-ready", "A"), probability: 0.6 }] }))).toEqual([]);
  });

  it("is the evidence, and every area that came, went or changed its level", () => {
    const before = alert({ evidence: "correlated", areas: [told("be-ready", "A"), told("be-ready", "B")] });
    const after = alert({ areas: [told("take-shelter", "A"), told("be-ready", "C")] });
    expect(differences(before, after).map((one) => [one.what, one.name, one.before, one.after])).toEqual([
      ["evidence", "", "correlated", "confirmed"],
      ["level", "A", "be-ready", "take-shelter"],
      ["level", "B", "be-ready", ""],
      ["level", "C", "", "be-ready"],
    ]);
  });
});

describe("the order of the board", () => {
  it("stays as it is while two launches are proposed anew in turn", () => {
    const [one, two] = [alert({ id: "J-O2" }), alert({ id: "J-O10", proposed_utc: "2031-04-01T12:00:05Z" })];
    const again = { ...one, proposed_utc: "2031-04-01T12:00:09Z" };
    expect([one, two].sort(worstFirst).map((each) => each.id)).toEqual(["J-O10", "J-O2"]);
    expect([again, two].sort(worstFirst).map((each) => each.id)).toEqual(["J-O10", "J-O2"]);
    expect([alert({ id: "J-O11", evidence: "candidate" }), two].sort(worstFirst)[0]).toBe(two);
  });
});

describe("groups", () => {
  const picture = { raids: [{ id: "R1", objects: ["O1", "O2", "O3"] }], objects: [] } as unknown as Picture;

  it("make one thing of forty sightings of one raid, worst first", () => {
    const many = ["O1", "O2", "O3", "O9"].map((id, i) =>
      alert({ id, event_id: id, object_ids: [id], evidence: i === 1 ? "confirmed" : "correlated" }),
    );
    const groups = grouped(many, picture);
    expect(groups.map((one) => one.alerts.map((each) => each.id))).toEqual([["O2", "O3", "O1"], ["O9"]]);
    expect(groups[0]!.severity).toBe("critical");
  });
});

describe("time", () => {
  const impact = (from: string, to: string, is_conditional = false) => ({ t_90_utc: [from, to], is_conditional });
  const objects = new Map([
    ["O1", { impact: impact("2031-04-01T12:05:00Z", "2031-04-01T12:06:00Z") }],
    ["O2", { impact: impact("2031-04-01T12:04:00Z", "2031-04-01T12:04:30Z") }],
    ["O3", { impact: impact("2031-04-01T12:01:00Z", "2031-04-01T12:02:00Z", true) }],
  ]) as unknown as Map<string, TrackedObject>;

  it("to impact is an interval, the earliest, and never of a conditional figure", () => {
    const found = impactOf(alert({ object_ids: ["O1", "O2", "O3"] }), objects);
    expect(found).toEqual({ from_ms: Date.UTC(2031, 3, 1, 12, 4), to_ms: Date.UTC(2031, 3, 1, 12, 4, 30) });
    expect(impactOf(alert({ object_ids: ["O3"] }), objects)).toBeNull();
  });

  it("to shelter runs down from when it was told, and may be past", () => {
    expect(shelterLeft_s(200, 1000, 61_000)).toBe(140);
    expect(shelterLeft_s(30, 1000, 61_000)).toBe(-30);
    expect(shelterLeft_s(null, 1000, 61_000)).toBeNull();
  });

  it("of the situation is that of the first to come down", () => {
    const picture = { objects: [...objects].map(([id, one]) => ({ ...one, id })), raids: [] } as unknown as Picture;
    const now = situationOf([alert(), alert({ id: "two", object_ids: ["O2"], evidence: "correlated" })], picture);
    expect(now).toMatchObject({ confirmed: 1, correlated: 1, waiting: 2, out: 0, worst: "critical" });
    expect(now.soonest?.from_ms).toBe(Date.UTC(2031, 3, 1, 12, 4));
  });

  it("of the situation counts what is confirmed with partners apart from what one phenomenon alone says", () => {
    const own = { owner: null, event_id: "O2" };
    const joint = { own, partners: [{ owner: "SOUTH", event_id: "K1" }], evidence: "confirmed" };
    const desk = [alert(), alert({ id: "two", object_ids: ["O2"], evidence: "correlated" }), alert({ id: "three", object_ids: ["O3"], evidence: "correlated" })];
    const of = (...events: unknown[]) => situationOf(desk, { objects: [], raids: [], joint: events } as unknown as Picture);
    expect(of(joint)).toMatchObject({ confirmed: 1, together: 1, correlated: 1 });
    expect(of({ ...joint, partners: [] })).toMatchObject({ confirmed: 1, together: 0, correlated: 2 });
    expect(of({ ...joint, evidence: "correlated" })).toMatchObject({ confirmed: 1, together: 0, correlated: 2 });
  });
});

describe("the past", () => {
  it("shows what the machine proposed then, one alert an object, without what was done since", () => {
    const of = (kind: string) => ({ id: `O1-${kind}`, kind, object_id: "O1", evidence: "correlated", t_utc: null, reasons_for: [], reasons_against: [] });
    const picture = { mode: "EXERCISE", alerts: [of("launch"), of("impact")], candidates: [] } as unknown as Picture;
    const then = deskOfPast(picture, [released({ evidence: "passed" })]);
    expect(then).toHaveLength(1);
    expect(then[0]).toMatchObject({ id: "EXERCISE-1-O1", kind: "impact", evidence: "correlated", message: "proposed", messages: [] });
  });
});

describe("the siren", () => {
  it("sounds what is new, the gravest of it", () => {
    const found = due([alert({ id: "a", evidence: "correlated", kind: "launch" }), alert({ id: "b" })], SILENT, 0);
    expect(found.tone).toBe("critical");
    expect(found.fresh).toEqual(["a", "b"]);
  });

  it("sounds again while nobody has acknowledged what is grave, and not what is not", () => {
    let heard = due([alert()], SILENT, 0).heard;
    expect(due([alert()], heard, 1000).tone).toBeNull();
    expect(due([alert()], heard, 4000).tone).toBe("critical");
    expect(due([alert({ attention: { ann: "acknowledged" } })], heard, 4000).tone).toBeNull();
    const mild = alert({ evidence: "correlated", kind: "launch" });
    heard = due([mild], SILENT, 0).heard;
    expect(due([mild], heard, 60_000).tone).toBeNull();
  });

  it("sounds anew when an alert that was acknowledged grows graver", () => {
    const before = alert({ evidence: "correlated", attention: { ann: "acknowledged" } });
    const heard = due([before], SILENT, 0).heard;
    const found = due([alert({ attention: { ann: "acknowledged" } })], heard, 1000);
    expect([found.tone, found.fresh]).toEqual(["critical", ["EXERCISE-1-O1"]]);
  });

  it("is silent about what is over", () => {
    expect(due([alert({ message: "cancelled" })], SILENT, 0)).toMatchObject({ tone: null, fresh: [] });
  });
});
