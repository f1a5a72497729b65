import { describe, expect, it } from "vitest";
import { GEOSTATIONARY_M, type Vec3 } from "./earth";
import { distance_km } from "./geodesics";
import { glintRing, lean_deg, PLATES_DEG, SEA_DEG, specularPoint } from "./glint";
import { holds } from "./rings";
import { nightRing, subsolar, sunElevation_deg, sunEquatorial } from "./sun";

const DEG = 180 / Math.PI;
const over = (lon_deg: number): Vec3 => [
  GEOSTATIONARY_M * Math.cos(lon_deg / DEG),
  GEOSTATIONARY_M * Math.sin(lon_deg / DEG),
  0,
];

describe("the Sun", () => {
  it("stands where Meeus (1998) works it out for 1992 October 13, example 25.a", () => {
    const { ra_rad, dec_rad } = sunEquatorial(Date.UTC(1992, 9, 13));
    expect((ra_rad * DEG + 360) % 360).toBeCloseTo(198.381, 1);
    expect(dec_rad * DEG).toBeCloseTo(-7.785, 1);
  });
  it("stands over the tropics at the solstices and over the equator at the equinox of 2031", () => {
    expect(subsolar(Date.UTC(2031, 5, 21, 14, 17))[1]).toBeCloseTo(23.43, 1);
    expect(subsolar(Date.UTC(2031, 2, 20, 19, 41))[1]).toBeCloseTo(0, 1);
    expect(Math.abs(subsolar(Date.UTC(2031, 3, 15, 12, 0))[0])).toBeLessThan(0.3); // no equation of time in mid April
  });
  it("is level everywhere along the edge of night, and the night ring knows its dark pole", () => {
    for (const t of [Date.UTC(2031, 0, 1), Date.UTC(2031, 5, 21, 7), Date.UTC(2031, 8, 10, 13)]) {
      const { ring } = nightRing(t);
      for (const place of ring) expect(Math.abs(sunElevation_deg(place, t))).toBeLessThan(1e-6);
    }
    expect(nightRing(Date.UTC(2031, 5, 21)).pole).toBe(-90);
    expect(nightRing(Date.UTC(2031, 11, 21)).pole).toBe(90);
    expect(nightRing(Date.UTC(2031, 2, 20, 19, 41), -18).pole).toBeUndefined();
  });
});

describe("the glint zone", () => {
  it.each([
    // from the engine's own glint_geometry.specular_point at 6 km
    ["2031-04-01T12:00:00.000Z", 10, [5.86649, 2.108] as const],
    ["2031-07-01T18:30:00.000Z", -70, [-81.64957, 10.9129] as const],
  ] as const)("at %s from %d east is where the engine has it", (t, lon, place) => {
    const found = specularPoint(over(lon), Date.parse(t));
    expect(distance_km(found!, [...place])).toBeLessThan(3);
    expect(lean_deg(found!, over(lon), Date.parse(t))).toBeLessThan(1e-4);
  });
  it("is nested, and every edge leans as much as it says", () => {
    const t = Date.UTC(2031, 3, 1, 12);
    const [plates, sea] = [glintRing(over(10), t, PLATES_DEG)!, glintRing(over(10), t, SEA_DEG)!];
    for (const place of plates) {
      expect(lean_deg(place, over(10), t)).toBeCloseTo(PLATES_DEG, 1);
      expect(holds(sea, place)).toBe(true);
    }
  });
  it("is nowhere when the Sun lights the other side", () => {
    expect(glintRing(over(180), Date.UTC(2031, 3, 1, 12), SEA_DEG)).toBeNull();
  });
});
