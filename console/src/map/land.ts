/** The coasts of Natural Earth (public domain) by world-atlas: coarse ones at once, finer ones when one looks closer. */
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import coarse from "world-atlas/land-110m.json";
import fineUrl from "world-atlas/land-50m.json?url";
import type { LonLat } from "./geodesics";

type Land = Topology<{ land: GeometryCollection }>;

export interface Ground {
  rings: LonLat[][];
  detail: "110m" | "50m";
}

function ground(land: Land, detail: Ground["detail"]): Ground {
  const all = feature(land, land.objects.land);
  const shapes = "features" in all ? all.features : [all];
  const rings: LonLat[][] = [];
  for (const { geometry } of shapes) {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
    for (const polygon of polygons) rings.push(...(polygon as unknown as LonLat[][]));
  }
  return { rings, detail };
}

export const COARSE = ground(coarse as unknown as Land, "110m");
let fine: Promise<Ground> | null = null;

/** Coasts of fifty million to one, from our own server; fetched once. */
export function fineLand(): Promise<Ground> {
  fine ??= fetch(fineUrl)
    .then((answer) => answer.json())
    .then((land) => ground(land as Land, "50m"));
  return fine;
}
