import { describe, expect, it } from "vitest";
import { axesAt, direction, foldLon, GEOSTATIONARY_M, geodeticFromItrf, hitsOfRay, isClear, itrfFromGeodetic, norm, sub } from "./earth";
import { arc_rad, azimuth_deg, circle, destination, distance_km, ellipse, greatCircle, type LonLat } from "./geodesics";

const dms = (d: number, m: number, s: number) => Math.sign(d) * (Math.abs(d) + m / 60 + s / 3600);

describe("places and Earth-fixed positions", () => {
  it("agrees with the worked example of Vallado (2013), 3-3", () => {
    const place = geodeticFromItrf([6_524_834, 6_862_875, 6_448_296]);
    expect(place.lat_deg).toBeCloseTo(34.352496, 5);
    expect(place.lon_deg).toBeCloseTo(46.4464, 4);
    expect(place.height_m / 1e3).toBeCloseTo(5085.22, 1);
  });
  it("comes back to the millimetre from everywhere, the poles and the middle of the sea among it", () => {
    for (const lat of [-90, -89.9999, -45, 0, 1e-9, 30, 89.99, 90]) {
      for (const lon of [-180, -77, 0, 179.9]) {
        for (const h of [-5_000, 0, 400e3, 1_500e3, 36_000e3]) {
          const x = itrfFromGeodetic(lat, lon, h);
          const back = geodeticFromItrf(x);
          expect(norm(sub(itrfFromGeodetic(back.lat_deg, back.lon_deg, back.height_m), x))).toBeLessThan(1e-3);
        }
      }
    }
  });
  it("folds longitudes into [-180, 180)", () => {
    expect([180, -180, 540, -190, 359.5].map(foldLon)).toEqual([-180, -180, -180, 170, -0.5]);
  });
  it("puts the geostationary ring 42,164 km from the middle", () => {
    expect(GEOSTATIONARY_M / 1e3).toBeCloseTo(42_164.17, 1);
  });
});

describe("rays", () => {
  it("go from a satellite straight down to its foot", () => {
    const from = itrfFromGeodetic(20, 30, 800e3);
    const { up } = axesAt(20, 30);
    const hits = hitsOfRay(from, [-up[0], -up[1], -up[2]]);
    expect(hits?.[0]).toBeCloseTo(800e3, 2);
  });
  it("miss the Earth when they look up, and see the sky from the ground", () => {
    const site = itrfFromGeodetic(10, 20);
    const up = direction(axesAt(10, 20), 45, 5);
    expect(isClear(site, [site[0] + 1e6 * up[0], site[1] + 1e6 * up[1], site[2] + 1e6 * up[2]])).toBe(true);
    expect(isClear(site, itrfFromGeodetic(-10, -160, 400e3))).toBe(false);
  });
});

describe("ways over the ground", () => {
  it("agree with Vincenty's line from Flinders Peak to Buninyong (GDA technical manual)", () => {
    const from: LonLat = [dms(144, 25, 29.5244), dms(-37, 57, 3.7203)];
    const [lon, lat] = destination(from, dms(306, 52, 5.37), 54.972271);
    expect(lon).toBeCloseTo(dms(143, 55, 35.3839), 7);
    expect(lat).toBeCloseTo(dms(-37, 39, 10.1561), 7);
  });
  it("a great circle's points lie evenly, and the way from London to Tokyo passes 71 degrees north", () => {
    const way = greatCircle([-0.1, 51.5], [139.7, 35.7], 1);
    const steps = way.slice(1).map((p, i) => arc_rad(way[i]!, p));
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThan(1e-9);
    expect(Math.max(...way.map((p) => p[1]))).toBeCloseTo(71.3, 0);
  });
  it("a circle over the pole keeps its distance", () => {
    for (const p of circle([20, 88], 500)) expect(distance_km([20, 88], p) / 500).toBeCloseTo(1, 1);
  });
  it("an ellipse is as long as its major axis, in its direction", () => {
    const ring = ellipse([170, 60], 100, 10, 30, 4);
    expect(distance_km(ring[0]!, ring[2]!)).toBeCloseTo(200, -1);
    expect(azimuth_deg([170, 60], ring[0]!)).toBeCloseTo(30, 1);
  });
});
