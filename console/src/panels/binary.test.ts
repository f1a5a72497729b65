import { describe, expect, it } from "vitest";
import { batchOf, geodetic } from "./binary";

function made(count: number): ArrayBuffer {
  const bytes = new ArrayBuffer(32 + 28 * count);
  const view = new DataView(bytes);
  view.setUint32(0, 0x54444556, true);
  view.setUint16(4, 1, true);
  view.setUint16(6, 1, true);
  view.setUint32(8, count, true);
  view.setFloat64(24, 1_000.5, true);
  for (let i = 0; i < count; i++) {
    view.setUint32(32 + 4 * i, 100 + i, true);
    for (let k = 0; k < 3; k++) {
      view.setFloat32(32 + 4 * count + 12 * i + 4 * k, 10 * i + k, true);
      view.setFloat32(32 + 16 * count + 12 * i + 4 * k, 1000 * i + k, true);
    }
  }
  return bytes;
}

describe("batchOf", () => {
  it("reads what the contract writes", () => {
    const batch = batchOf(made(3))!;
    expect(batch.t_utc_ms).toBe(1_000_500);
    expect([...batch.index]).toEqual([100, 101, 102]);
    expect([...batch.position_itrf_m.slice(3, 6)]).toEqual([10, 11, 12]);
    expect([...batch.velocity_itrf_mps.slice(6, 9)]).toEqual([2000, 2001, 2002]);
  });
  it("refuses what is not one", () => {
    expect(batchOf(new ArrayBuffer(8))).toBeNull();
    expect(batchOf(made(2).slice(0, 60))).toBeNull();
    const other = made(1);
    new DataView(other).setUint32(0, 1, true);
    expect(batchOf(other)).toBeNull();
  });
});

describe("geodetic", () => {
  it("agrees with the equator, the pole, and a worked point (Vallado 2013, example 3-3)", () => {
    expect(geodetic(6_378_137, 0, 0)).toEqual([0, 0, 0]);
    const [lat, , height] = geodetic(0, 0, 6_356_752.314_245);
    expect(lat).toBeCloseTo(90, 9);
    expect(height).toBeCloseTo(0, 6);
    const [lat2, lon2, height2] = geodetic(6_524_834, 6_862_875, 6_448_296);
    expect(lat2).toBeCloseTo(34.352_496, 4);
    expect(lon2).toBeCloseTo(46.4464, 4);
    expect(height2).toBeCloseTo(5_085.22, 1);
  });
});
