import { describe, expect, it } from "vitest";
import { coast } from "./coasting";
import { bandRing, ellipseRing, flightBand, levelEllipse, root, sigmas2 } from "./doubt";
import { axesAt, geodeticFromItrf, itrfFromGeodetic, MU_M3_S2, SPIN_RADPS, type Vec3 } from "./earth";
import { distance_km, greatCircle, type LonLat } from "./geodesics";
import { holds } from "./rings";

const diagonal = (values: number[]) => values.map((v, i) => values.map((_, j) => (i === j ? v : 0)));
/** A generator whose draws are the same every time (Park and Miller 1988). */
function draws(seed: number): () => number {
  let state = seed;
  const even = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return () => Math.sqrt(-2 * Math.log(even())) * Math.cos(2 * Math.PI * even());
}

describe("the ellipse of a position's doubt", () => {
  it("holds two dimensions with the quantiles of chi-square", () => {
    expect([0.5, 0.9, 0.99].map((p) => Number(sigmas2(p).toFixed(4)))).toEqual([1.1774, 2.146, 3.0349]);
  });
  it("lies as the covariance does: long to the north-east", () => {
    const { east, north } = axesAt(20, 30);
    const along = east.map((e, i) => (e + north[i]!) / Math.SQRT2);
    const across = east.map((e, i) => (e - north[i]!) / Math.SQRT2);
    const covariance = along.map((a, i) => along.map((b, j) => 9e6 * a * b + 1e6 * across[i]! * across[j]!));
    const found = levelEllipse(covariance, 20, 30)!;
    expect(found.major_km).toBeCloseTo(3, 6);
    expect(found.minor_km).toBeCloseTo(1, 6);
    expect(found.azimuth_deg).toBeCloseTo(45, 6);
  });
  it("holds as many of drawn places as it says", () => {
    const draw = draws(7);
    const { east, north } = axesAt(60, 179.9);
    const middle = itrfFromGeodetic(60, 179.9);
    const covariance = east.map((e, i) => east.map((f, j) => 4e8 * e * f + 1e8 * north[i]! * north[j]!));
    const one = levelEllipse(covariance, 60, 179.9)!;
    const ring = ellipseRing([179.9, 60], one, 0.9);
    let held = 0;
    const of = 1000;
    for (let k = 0; k < of; k++) {
      const [a, b] = [2e4 * draw(), 1e4 * draw()];
      const place = geodeticFromItrf(middle.map((m, i) => m + a * east[i]! + b * north[i]!) as unknown as Vec3);
      if (holds(ring, [place.lon_deg, place.lat_deg])) held++;
    }
    expect(held / of).toBeGreaterThan(0.87); // four sigma of 1,000 draws
    expect(held / of).toBeLessThan(0.93);
  });
  it("is none when the covariance is no such thing", () => {
    expect(levelEllipse([[NaN, 0, 0], [0, 1, 0], [0, 0, 1]], 0, 0)).toBeNull();
    expect(root([[1, 2], [2, 1]])).toBeNull();
  });
});

describe("the band of ground under a coasting flight", () => {
  // 300 km up over the equator, north-eastwards, 2.5 km/s
  const state = [6_678_137, 0, 0, 200, 1700, 1700];
  const covariance = diagonal([1e6, 1e6, 1e6, 100, 100, 100]);
  const flight = flightBand(state, covariance)!;

  it("begins under the object and ends on the ground", () => {
    expect(flight.stations[0]!.lat_deg).toBeCloseTo(0, 6);
    expect(flight.seconds).toBeGreaterThan(200);
    expect(flight.seconds).toBeLessThan(400);
    expect(flight.stations.at(-1)!.half_width_90_km).toBeGreaterThan(flight.stations[0]!.half_width_90_km);
  });
  it("holds nine in ten drawn flights at its widest place", () => {
    const draw = draws(11);
    const ring = bandRing(flight.stations);
    const t = 200;
    let held = 0;
    const of = 400;
    for (let k = 0; k < of; k++) {
      const drawn = state.map((v, i) => v + Math.sqrt(covariance[i]![i]!) * draw());
      const out = new Float64Array(3);
      coast(drawn.slice(0, 3), drawn.slice(3), t, out);
      const place = geodeticFromItrf([out[0]!, out[1]!, out[2]!]);
      if (holds(ring, [place.lon_deg, place.lat_deg] as LonLat)) held++;
    }
    expect(held / of).toBeGreaterThan(0.84); // four sigma of 400 draws
    expect(held / of).toBeLessThan(0.96);
  });
  it("bends: over turning ground a long flight northwards is no great circle", () => {
    const { north, up } = axesAt(40, 0);
    const start = itrfFromGeodetic(40, 0, 100e3);
    const velocity = north.map((n, i) => 4500 * n + 3500 * up[i]!);
    const { stations } = flightBand([...start, ...velocity], covariance)!;
    const ends: [LonLat, LonLat] = [stations[0]!, stations.at(-1)!].map((s) => [s.lon_deg, s.lat_deg] as LonLat) as [LonLat, LonLat];
    const middle = stations[Math.floor(stations.length / 2)]!;
    const away = Math.min(...greatCircle(...ends, 0.2).map((p) => distance_km(p, [middle.lon_deg, middle.lat_deg])));
    expect(away).toBeGreaterThan(20);
    expect(away).toBeLessThan(400);
  });
  it("is none for what stays up", () => {
    const round = [7e6, 0, 0, 0, Math.sqrt(MU_M3_S2 / 7e6) - SPIN_RADPS * 7e6, 0];
    expect(flightBand(round, covariance, 600)).toBeNull();
  });
});
