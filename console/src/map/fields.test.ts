import { describe, expect, it } from "vitest";
import { itrfFromGeodetic, MEAN_RADIUS_KM } from "./earth";
import { azimuths, fan, footprint, strobe } from "./fields";
import { azimuth_deg, distance_km, type LonLat } from "./geodesics";
import { holds } from "./rings";
import { placeOf, readSensor, readSensors } from "./sensors";

const radar = readSensor({
  name: "radar-north",
  kind: "radar",
  site: { lat_deg: 36.6, lon_deg: -26.4, height_m: 30 },
  azimuth_min_deg: 90,
  azimuth_max_deg: 270,
  elevation_min_deg: 2,
  elevation_max_deg: 85,
  range_min_km: 50,
  range_max_km: 3000,
})!;
const here: LonLat = [-26.4, 36.6];

describe("a radar's fan", () => {
  it("reaches as far as `vedette sensors radar-north --json` says, on a sphere", () => {
    // ground ranges of doors/sensor_files.py's coverage() for elevations 2 to 85 degrees
    for (const [height_km, far_km] of [[100, 920.6], [300, 1707.9], [1000, 2648.6]] as const) {
      const edge = fan(radar, height_km)[0]!.filter((p) => distance_km(here, p) > 400);
      const farthest = Math.max(...edge.map((p) => distance_km(here, p)));
      expect(farthest / far_km).toBeCloseTo(1, 1);
    }
  });
  it("looks where its azimuths say", () => {
    const ring = fan(radar, 300)[0]!;
    expect(holds(ring, [-26.4, 30])).toBe(true);
    expect(holds(ring, [-26.4, 40])).toBe(false);
  });
  it("that looks all round is a ring with a hole over the blind cone", () => {
    const round = { ...radar, field: { elevation_min_deg: 5, elevation_max_deg: 60 } };
    const [outer, inner] = fan(round, 300);
    expect(holds(outer!, here)).toBe(true);
    expect(Math.max(...inner!.map((p) => distance_km(here, p)))).toBeLessThan(200);
  });
  it("near the pole holds the pole", () => {
    const polar = readSensor({ id: "p", kind: "radar", site: { lat_deg: 87, lon_deg: 15 }, elevation_min_deg: 3 })!;
    expect(holds(fan(polar, 300)[0]!, [-120, 90 - 1e-6])).toBe(true);
  });
  it("over the horizon lies between skip and reach", () => {
    const oth = readSensor({ id: "o", kind: "over-the-horizon", site: { lat_deg: 14.9, lon_deg: -23.5 }, azimuth_min_deg: 300, azimuth_max_deg: 60, skip_km: 900, ground_range_max_km: 3000 })!;
    const away = fan(oth, 10)[0]!.map((p) => distance_km([-23.5, 14.9], p));
    expect(Math.min(...away) / 900).toBeCloseTo(1, 1);
    expect(Math.max(...away) / 3000).toBeCloseTo(1, 1);
  });
  it("of a height beyond its range is nothing", () => {
    expect(fan({ ...radar, field: { range_max_km: 500 } }, 1000)).toEqual([]);
  });
});

describe("a satellite's limb", () => {
  it("over one longitude is 81.3 degrees from its foot on the ground (geometry of the sphere)", () => {
    const over = readSensor({ name: "ir-east", kind: "infrared", orbit: { lon_deg: 10 } })!;
    const position = over.position!(0);
    const limb_km = MEAN_RADIUS_KM * Math.acos(6371 / 42164);
    for (const p of footprint(position, 90, 0)) expect(distance_km([10, 0], p) / limb_km).toBeCloseTo(1, 1);
    const higher = footprint(position, 90, 300);
    expect(Math.max(...higher.map((p) => distance_km([10, 0], p)))).toBeGreaterThan(limb_km + 1500);
  });
  it("of a narrow field is a small circle round its foot", () => {
    const ring = footprint(itrfFromGeodetic(0, 0, 800e3), 10, 0);
    for (const p of ring) expect(distance_km([0, 0], p)).toBeCloseTo(800 * Math.tan(Math.PI / 18), -1);
  });
});

describe("azimuths and strobes", () => {
  it("pass north when the sector does", () => {
    const all = azimuths(300, 60, 10);
    expect(all[0]).toBe(300);
    expect(all.at(-1)).toBe(420);
  });
  it("a strobe holds its own direction and little else", () => {
    const ring = strobe(here, 135, 1, 1000);
    const middle = ring.map((p) => azimuth_deg(here, p)).filter(Number.isFinite);
    expect(middle.length).toBe(ring.length);
    expect(holds(ring, [-21.5, 32.4])).toBe(true);
    expect(holds(ring, [-26.4, 32.4])).toBe(false);
  });
});

describe("sensors as told", () => {
  it("are read from a list or a page, and what is unreadable hides no other", () => {
    expect(readSensors({ items: [{ id: "a", kind: "radar", site: { lat_deg: 1, lon_deg: 2 } }, 7, { kind: "x" }] }).map((s) => s.id)).toEqual(["a"]);
    expect(readSensors(null)).toEqual([]);
  });
  it("on an ellipse stand where the engine has them", () => {
    const molniya = readSensor({
      name: "ir-molniya",
      kind: "infrared",
      orbit: { semi_major_axis_km: 26561.8, eccentricity: 0.72, inclination_deg: 63.4, node_lon_deg: -116, argument_of_perigee_deg: 270, mean_anomaly_deg: 160, epoch_utc: "2031-04-01T12:00:00.000Z" },
    })!;
    const place = placeOf(molniya, Date.parse("2031-04-01T12:10:00.000Z"))!;
    expect(place.lat_deg).toBeCloseTo(63.20582, 3);
    expect(place.lon_deg).toBeCloseTo(-36.34424, 3);
    expect(place.height_m / 1e3).toBeCloseTo(39103.77, 0);
  });
});

it("a sensor of the server's own answer stands on the ground or in space by its height", () => {
  const rows = readSensors({
    journal: "x",
    sensors: [
      { id: "ir", kind: "infrared", place: { lat_deg: 0, lon_deg: 10, height_km: 35786, moves: true }, field: { azimuth_min_deg: null }, off_nadir_max_deg: 90, outlines: [] },
      { id: "r", kind: "radar", place: { lat_deg: 36.6, lon_deg: -26.4, height_km: 0.03, moves: false }, field: { azimuth_min_deg: 90, azimuth_max_deg: 270 }, outlines: [] },
      { id: "heard-of", kind: null, place: null, field: null, outlines: [] },
    ],
  });
  expect(rows[0]!.site).toBeNull();
  expect(placeOf(rows[0]!, 0)!.height_m / 1e3).toBeCloseTo(35786, 0);
  expect(rows[1]!.site).toEqual({ lat_deg: 36.6, lon_deg: -26.4, height_m: 30 });
  expect(rows[1]!.field.azimuth_max_deg).toBe(270);
  expect(placeOf(rows[2]!, 0)).toBeNull();
});
