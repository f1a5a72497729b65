import { describe, expect, it } from "vitest";
import { bounded, copies, fitted, lonScale, originX, panned, scaleBar, toPlace, toScreen, type View, zoomed } from "./projection";

const world: View = bounded({ lon_deg: 0, lat_deg: 0, pxPerDeg: 0, width: 1000, height: 500 });
const near: View = bounded({ lon_deg: 179, lat_deg: 60, pxPerDeg: 20, width: 1000, height: 500 });

describe("the flat map's view", () => {
  it("shows the whole Earth at the least scale", () => {
    expect(toScreen(world, [0, 90])[1]).toBeCloseTo(0);
    expect(toScreen(world, [-180, 0])[0]).toBeCloseTo(0);
    expect(toPlace(world, 500, 250)).toEqual([0, 0]);
  });
  it("puts a place back where it came from", () => {
    for (const view of [world, near]) {
      const place = toPlace(view, 123, 77)!;
      const [x, y] = toScreen(view, place);
      expect([x, y].map((v) => Math.round(v * 1e6) / 1e6)).toEqual([123, 77]);
    }
  });
  it("keeps what lies under the pointer there while zooming", () => {
    const before = toPlace(near, 700, 200)!;
    const after = toScreen(zoomed(near, 1.7, 700, 200), before);
    expect(after[0]).toBeCloseTo(700, 0);
    expect(after[1]).toBeCloseTo(200, 0);
  });
  it("is true to shape when close: a degree east is shorter by the cosine of the latitude", () => {
    expect(lonScale(near) / near.pxPerDeg).toBeCloseTo(0.5, 6);
  });
  it("never shows past the poles, and goes round eastwards without end", () => {
    expect(panned(world, 0, 900).lat_deg).toBe(0);
    expect(panned(near, -1e6, 0).lon_deg).toBeGreaterThanOrEqual(-180);
    expect(copies(near)).toEqual([0, 1]);
    expect(originX(near, 0)).toBeCloseTo(500 - 179 * lonScale(near), 6);
  });
  it("fits places on both sides of the date line without going round the Earth", () => {
    const view = fitted(world, [[175, 10], [-175, 20]]);
    expect(Math.abs(view.lon_deg)).toBeCloseTo(180, 6);
    expect(view.pxPerDeg).toBeGreaterThan(20);
  });
  it("has a scale bar of a round number of kilometres that is as long as it says", () => {
    const { km, px } = scaleBar(near);
    expect(px).toBeLessThanOrEqual(140);
    expect([1, 2, 5]).toContain(Number(String(km)[0]));
    expect(px * ((Math.PI / 180) * 6371.0088 * 0.5) / lonScale(near)).toBeCloseTo(km, 6);
  });
});
