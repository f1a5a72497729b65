import { describe, expect, it } from "vitest";
import type { Notice, Picture, TrackedObject } from "../lib/model";
import { fullness } from "./marks";
import { type Asked, makeScene, Memory, placesOf, tonesOf } from "./scene";
import { readSensor } from "./sensors";
import { symbolCode } from "./symbols";
import { Trails } from "./trails";

const T = "2031-04-01T12:04:00.000Z";
const object = (id: string, more: Partial<TrackedObject> = {}): TrackedObject => ({
  id,
  class: "short-range-ballistic",
  probabilities: { "short-range-ballistic": 0.98 },
  phase: "coast",
  apogee_km: null,
  apogee_90_km: null,
  launch: null,
  burnout: null,
  impact: { lat_deg: 33, lon_deg: -23, t_90_utc: ["2031-04-01T12:07:00.000Z", "2031-04-01T12:08:00.000Z"], t_90_plus_s: [null, null], downrange_90_km: null, is_conditional: false },
  impact_areas: [0.5, 0.9].map((probability) => ({ probability, shape: "polygon", lat_deg: [33, 33.1, 33.1], lon_deg: [-23, -23, -22.9], area_km2: 50 })),
  state: {
    t_utc: "2031-04-01T12:03:50.000Z",
    lat_deg: 32,
    lon_deg: -26,
    altitude_km: 170,
    position_itrf_m: [4_990_000, -2_434_000, 3_450_000],
    velocity_itrf_mps: [200, 1500, 300],
  },
  sensors: ["radar-north"],
  quality: [],
  reasons_for: [],
  reasons_against: [],
  ...more,
});
const alert = (object_id: string, evidence: string) => ({ id: `${object_id}-impact`, kind: "impact", object_id, evidence, message: "proposed" });
const picture = (objects: TrackedObject[], alerts: unknown[] = [], more: object = {}): Picture =>
  ({ mode: "SIMULATED", t_now_utc: T, t_now_plus_s: 230, objects, alerts, candidates: [], sensors: [], groups: [], noise_sources: [], ...more }) as unknown as Picture;
const asked = (of: Picture, more: Partial<Asked> = {}): Asked => ({
  picture: of,
  desk: [],
  notices: [],
  sensors: [readSensor({ id: "radar-north", kind: "radar", site: { lat_deg: 36.6, lon_deg: -26.4 } })!],
  selection: null,
  selectedObjects: [],
  t_ms: Date.parse(T),
  fieldHeight_km: 300,
  trail: () => [],
  isShown: () => true,
  ...more,
});

describe("a scene", () => {
  it("says the impact as an interval, seconds from the picture's instant", () => {
    const [track] = makeScene(asked(picture([object("O1")])), new Memory()).tracks;
    expect([track?.impact?.from_s, track?.impact?.to_s]).toEqual([180, 240]);
    expect(track?.age_s).toBe(10);
  });
  it("takes its tone from alerts and evidence, the gravest of them", () => {
    const of = picture([object("O1"), object("O2"), object("O3"), object("O4", { phase: "down" })], [
      alert("O1", "correlated"),
      alert("O1", "confirmed"),
      alert("O2", "candidate"),
      alert("O3", "passed"),
      alert("O4", "confirmed"),
    ]);
    expect([...tonesOf(of, [])]).toEqual([["O1", "critical"], ["O2", "standby"], ["O4", "critical"]]);
    const scene = makeScene(asked(of), new Memory());
    expect(scene.tracks.map((one) => [one.id, one.tone])).toEqual([["O4", "past"], ["O3", "track"], ["O2", "standby"], ["O1", "critical"]]);
  });
  it("draws the chosen one last, and nested areas from the widest in", () => {
    const scene = makeScene(asked(picture([object("O1"), object("O2")], [alert("O2", "confirmed")]), { selectedObjects: ["O1"] }), new Memory());
    expect(scene.tracks.at(-1)?.id).toBe("O1");
    expect(scene.areas.filter((one) => one.owner.id === "O1").map((one) => one.probability)).toEqual([0.9, 0.5]);
  });
  it("hides what the filters hide, but never what is chosen", () => {
    const of = picture([object("O1"), object("O2")]);
    const isShown = (one: TrackedObject) => one.id !== "O1";
    expect(makeScene(asked(of, { isShown }), new Memory()).tracks.map((one) => one.id)).toEqual(["O2"]);
    expect(makeScene(asked(of, { isShown, selectedObjects: ["O1"] }), new Memory()).tracks).toHaveLength(2);
  });
  it("puts an object that has come down where it fell, not under the ground", () => {
    const fallen = object("O1", { phase: "down", state: { ...object("O1").state, altitude_km: -32 } });
    const [track] = makeScene(asked(picture([fallen])), new Memory()).tracks;
    expect(track?.place).toEqual([-23, 33]); // the middle of where it fell
    expect(track?.height_km).toBe(0);
    expect(track?.position_itrf_m).toBeNull();
  });
  it("draws sensors in their state, strobes from where they stand, and notices from latitude-first corners", () => {
    const of = picture([], [], {
      sensors: [{ id: "radar-north", condition: "degraded", noise_rise_db: 8, text: "", strobes: [{ azimuth_deg: 135, azimuth_sigma_deg: 1, noise_rise_db: 14 }] }],
    });
    const notices = [{ id: "N1", hazard_areas: [{ polygon_deg: [[31, -27], [33, -21], [30, -26]] }, { lat_deg: 86, lon_deg: 20, radius_km: 500 }] }];
    const scene = makeScene(asked(of, { notices: notices as unknown as Notice[] }), new Memory());
    expect(scene.sensors[0]?.condition).toBe("degraded");
    expect(scene.strobes[0]?.ring[0]).toEqual([-26.4, 36.6]);
    expect(scene.notices[0]?.ring[0]).toEqual([-27, 31]);
    expect(scene.notices).toHaveLength(2);
  });
  it("knows the places that show a selection", () => {
    const scene = makeScene(asked(picture([object("O1")]), { selectedObjects: ["O1"] }), new Memory());
    expect(placesOf(scene, { kind: "object", id: "O1" }, ["O1"]).length).toBeGreaterThan(2);
    expect(placesOf(scene, { kind: "sensor", id: "radar-north" }, [])).toEqual([[-26.4, 36.6]]);
    expect(placesOf(scene, null, [])).toEqual([]);
  });
  it("without any picture still shows the sensors", () => {
    expect(makeScene({ ...asked(picture([])), picture: null }, new Memory()).sensors).toHaveLength(1);
  });
  it("works out two bands at most in one go, and the others in the next", () => {
    const covariance = Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => (i === j ? 100 : 0)));
    const many = ["A", "B", "C"].map((id) => object(id, { state: { ...object(id).state, position_itrf_m: [5_200_000, -2_540_000, 3_600_000], velocity_itrf_mps: [-200, 1500, 300], covariance_itrf: covariance } }));
    const memory = new Memory();
    expect(makeScene(asked(picture(many)), memory).bands).toHaveLength(2);
    expect(makeScene(asked(picture(many)), memory).bands).toHaveLength(3);
  });
});

describe("trails", () => {
  it("of what is gone is forgotten after the time that is drawn", () => {
    const trails = new Trails();
    const at = (minute: string, ids: string[]) =>
      picture(
        ids.map((id) => object(id, { state: { t_utc: `2031-04-01T12:${minute}:00Z`, lat_deg: 0, lon_deg: 1, altitude_km: 1 } })),
        [],
        { t_now_utc: `2031-04-01T12:${minute}:00Z` },
      );
    trails.take(at("00", ["O1", "O2"]));
    trails.take(at("14", ["O2"]));
    expect(trails.count).toBe(2);
    trails.take(at("16", ["O2"]));
    expect(trails.count).toBe(1);
    expect(trails.of("O2", Date.parse("2031-04-01T12:16:00Z"))).toHaveLength(2);
  });

  it("are in order, without doubles, and end at the clock's instant", () => {
    const trails = new Trails();
    const at = (t: string, lon: number) => picture([object("O1", { state: { t_utc: t, lat_deg: 0, lon_deg: lon, altitude_km: 1 } })]);
    trails.take(at("2031-04-01T12:00:10Z", 2));
    trails.take(at("2031-04-01T12:00:00Z", 1));
    trails.take(at("2031-04-01T12:00:10Z", 99));
    expect(trails.of("O1", Date.parse("2031-04-01T12:00:30Z")).map((p) => p.lon_deg)).toEqual([1, 2]);
    expect(trails.of("O1", Date.parse("2031-04-01T12:00:05Z")).map((p) => p.lon_deg)).toEqual([1]);
  });

  it("begin where the journal has them, before the page was opened", () => {
    const trails = new Trails();
    trails.take(picture([object("O1", { state: { t_utc: "2031-04-01T12:00:10Z", lat_deg: 0, lon_deg: 2, altitude_km: 1 } })]));
    trails.recall({ trails: { O1: [["2031-04-01T12:00:00.000Z", 10, 1, 5], ["2031-04-01T12:00:10.000Z", 10, 99, null]], O2: [["2031-04-01T12:00:00.000Z", 10, 7, null]] } });
    expect(trails.of("O1", Date.parse("2031-04-01T12:00:30Z")).map((p) => [p.lon_deg, p.height_m])[0]).toEqual([1, 5000]);
    expect(trails.of("O1", Date.parse("2031-04-01T12:00:30Z")).map((p) => p.lon_deg)).toEqual([1, 2]);
    expect(trails.of("O2", Date.parse("2031-04-01T12:00:30Z"))).toHaveLength(1);
  });
});

describe("symbols and marks", () => {
  it("have twenty digits, unknown identity, and never a faker", () => {
    for (const mode of ["REAL", "EXERCISE", "TEST", "SIMULATED", null] as const) {
      for (const name of ["short-range-ballistic", "satellite", "cruise-or-aircraft", "what-is-this"]) {
        const code = symbolCode(name, mode);
        expect(code).toMatch(/^13[012]1\d{16}$/); // the fourth digit is the identity: 1 is unknown
      }
    }
    expect(symbolCode("intercontinental-ballistic", "REAL")).toBe("13010600001100000105");
    expect(symbolCode("what-is-this", "REAL")).toBe("13010600001100000115");
    expect(symbolCode("satellite", "SIMULATED").slice(2, 4)).toBe("21");
  });
  it("age to hollow", () => {
    expect([0, 12, 36, 60, 300].map(fullness)).toEqual([1, 1, 0.5, 0, 0]);
    expect(fullness(null)).toBe(0);
  });
});
