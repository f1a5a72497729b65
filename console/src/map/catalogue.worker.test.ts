import { expect, it } from "vitest";
import { geodeticFromItrf, type Vec3 } from "./earth";
import { positionsAt } from "./catalogue.worker";
import { plotPoints, pixel } from "./draw_points";
import { bounded } from "./projection";

const batch = {
  kind: 1,
  count: 3,
  t_tai_s: 37,
  t_utc_s: 0,
  indices: Uint32Array.of(0, 1, 2),
  positions_itrf_m: Float32Array.of(7e6, 0, 0, 0, 3e7, 3e7, NaN, 0, 0),
  velocities_itrf_mps: Float32Array.of(0, 7000, 500, 100, 0, 0, 0, 0, 0),
};

it("tells latitudes and longitudes within a hundredth of a degree of the exact ones", () => {
  const found = positionsAt(batch, 10, true);
  expect(found.age_s).toBe(10);
  for (let i = 0; i < 2; i++) {
    const place = geodeticFromItrf([...found.itrf_m.slice(3 * i, 3 * i + 3)] as unknown as Vec3);
    expect(Math.abs(found.lonLat_deg![2 * i]! - place.lon_deg)).toBeLessThan(0.01);
    expect(Math.abs(found.lonLat_deg![2 * i + 1]! - place.lat_deg)).toBeLessThan(0.01);
  }
});
it("fills buffers that are given back", () => {
  const spare = [new ArrayBuffer(36), new ArrayBuffer(24)];
  const [first, second] = spare;
  const found = positionsAt(batch, 0, true, spare);
  expect(found.itrf_m.buffer).toBe(first);
  expect(found.lonLat_deg!.buffer).toBe(second);
});
it("plots what is in view and leaves out what is not a number", () => {
  const view = bounded({ lon_deg: 0, lat_deg: 0, pxPerDeg: 1, width: 360, height: 180 });
  const pixels = new Uint32Array(360 * 180);
  const drawn = plotPoints(pixels, 360, 180, 1, view, Float32Array.of(10, 20, NaN, NaN, -100, -45), 0xff0000ff, 0x550000ff);
  expect(drawn).toBe(2);
  expect(pixels[70 * 360 + 190]).toBe(0xff0000ff);
  expect(pixels[135 * 360 + 80]).toBe(0xff0000ff);
});
it("reads a token's colour", () => {
  expect(pixel("#71829b", 1).toString(16)).toBe("ff9b8271");
});
