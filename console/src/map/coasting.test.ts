import { describe, expect, it } from "vitest";
import { decodeBatch, encodeBatch, HEADER_BYTES } from "./batch";
import { coast, stepItrf } from "./coasting";
import { MU_M3_S2, SPIN_RADPS } from "./earth";

/** An orbit's Earth-fixed state at its lowest point, tilted by `tilt`. */
function state(perigee_m: number, eccentricity: number, tilt: number, turn: number): number[] {
  const speed = Math.sqrt((MU_M3_S2 * (1 + eccentricity)) / perigee_m);
  const [x, y] = [perigee_m * Math.cos(turn), perigee_m * Math.sin(turn)];
  const flat = speed * Math.cos(tilt);
  return [x, y, 0, -flat * Math.sin(turn) + SPIN_RADPS * y, flat * Math.cos(turn) - SPIN_RADPS * x, speed * Math.sin(tilt)];
}
/** The same by thousands of small steps of another method. */
function integrated(from: number[], dt_s: number): number[] {
  let s = from;
  for (let i = 0; i < 400; i++) s = stepItrf(s, dt_s / 400);
  return s;
}
function error_m(from: number[], dt_s: number): number {
  const out = new Float64Array(3);
  coast(from.slice(0, 3), from.slice(3), dt_s, out);
  const truth = integrated(from, dt_s);
  return Math.hypot(out[0]! - truth[0]!, out[1]! - truth[1]!, out[2]! - truth[2]!);
}

const orbits: [string, number[]][] = [
  ["low, 200 km, over the poles", state(6_578e3, 0, 1.57, 0.3)],
  ["low, 550 km, 53 degrees", state(6_928e3, 0.001, 0.925, -2)],
  ["12-hour ellipse at perigee", state(7_400e3, 0.72, 1.1, 1)],
  ["transfer ellipse at perigee", state(6_600e3, 0.73, 0.1, 3)],
  ["over one longitude", state(42_164e3, 0, 0, 2)],
];

describe("coasting between batches", () => {
  it.each(orbits)("%s: within 0.2 m at 10 s and 35 m at 60 s of a numerical integration", (_, from) => {
    expect(error_m(from, 10)).toBeLessThan(0.2);
    expect(error_m(from, 60)).toBeLessThan(35);
    expect(error_m(from, -10)).toBeLessThan(0.2);
  });

  it("leaves a geostationary object where it stands", () => {
    const out = new Float64Array(3);
    const from = state(42_164_169, 0, 0, 0.5);
    coast(from.slice(0, 3), from.slice(3), 60, out);
    expect(Math.hypot(out[0]! - from[0]!, out[1]! - from[1]!, out[2]! - from[2]!)).toBeLessThan(1);
  });

  it("gives NaN for a row that is not finite, and leaves its neighbours alone", () => {
    const out = new Float64Array(6);
    coast([7e6, 0, 0, NaN, 0, 0], [0, 7500, 0, 0, 0, 0], 10, out);
    expect(Number.isFinite(out[0])).toBe(true);
    expect(Number.isNaN(out[3])).toBe(true);
  });
});

describe("the binary batch", () => {
  const batch = {
    kind: 1,
    t_tai_s: 1e9 + 37,
    t_utc_s: 1e9,
    indices: Uint32Array.of(7, 12),
    positions_itrf_m: Float32Array.of(1, 2, 3, 4, 5, 6),
    velocities_itrf_mps: Float32Array.of(7, 8, 9, 10, 11, 12),
  };
  it("survives the way there and back", () => {
    expect(decodeBatch(encodeBatch(batch))).toEqual({ ...batch, count: 2 });
  });
  it("has the header of the contract, byte by byte", () => {
    const bytes = new Uint8Array(encodeBatch(batch));
    expect(bytes.length).toBe(HEADER_BYTES + 2 * 28);
    expect(String.fromCharCode(...bytes.slice(0, 4))).toBe("VEDT");
    expect([...bytes.slice(4, 12)]).toEqual([1, 0, 1, 0, 2, 0, 0, 0]);
  });
  it.each([
    ["shorter", new ArrayBuffer(8)],
    ["not with VEDT", new ArrayBuffer(32)],
    ["has 60 bytes", encodeBatch(batch).slice(0, 60)],
  ])("refuses what is no batch: %s", (words, bytes) => {
    expect(() => decodeBatch(bytes)).toThrow(words);
  });
});
