/**
 * The catalogue's points on the globe, behind one small door: upstream calls its fast collection experimental, so nothing
 * else may know which one draws.
 *
 * `BufferPointCollection` keeps points in plain arrays (CesiumJS 1.142 or later: earlier ones do not refresh after a move).
 * `?points=primitive` draws them by `PointPrimitiveCollection`, the older and slower one, to compare or to fall back on.
 */
import { measured } from "../lib/measured";
import type * as CesiumModule from "./cesium";
import type { Scene } from "cesium";

type Cesium = typeof CesiumModule;

export interface PointLayer {
  /** Show the points of `count` x 3 Earth-fixed metres; rows that are not finite are hidden in the Earth's middle. */
  move(itrf_m: Float32Array, count: number): void;
  show(isShown: boolean): void;
  paint(colour: string): void;
  destroy(): void;
}

export type PointKind = "buffer" | "primitive";
const SIZE_PX = 2.4;

export function pointLayer(cesium: Cesium, scene: Scene, colour: string, kind: PointKind = "buffer"): PointLayer {
  return kind === "buffer" ? bufferPoints(cesium, scene, colour) : primitivePoints(cesium, scene, colour);
}

function bufferPoints(cesium: Cesium, scene: Scene, colour: string): PointLayer {
  const { BufferPoint, BufferPointCollection, BufferPointMaterial, BoundingSphere, Cartesian3, Color } = cesium;
  const everywhere = new BoundingSphere(Cartesian3.ZERO, 5e8); // told, so that it is not worked out at every move
  const point = new BufferPoint();
  const place = new Cartesian3();
  let material = new BufferPointMaterial({ color: Color.fromCssColorString(colour), size: SIZE_PX });
  let points: InstanceType<typeof BufferPointCollection> | null = null;
  let isShown = true;

  function fit(count: number): InstanceType<typeof BufferPointCollection> {
    if (points && points.primitiveCount === count) return points;
    if (points) scene.primitives.remove(points);
    points = new BufferPointCollection({ primitiveCountMax: Math.max(1, count), boundingVolume: everywhere });
    for (let i = 0; i < count; i++) points.add({ position: Cartesian3.ZERO, material }, point);
    points.show = isShown;
    scene.primitives.add(points);
    measureUpload(points);
    return points;
  }

  return {
    move(itrf_m, count) {
      const all = fit(count);
      measured("vedette.points.globe.move", () => {
        for (let i = 0, j = 0; i < count; i++, j += 3) {
          const x = itrf_m[j]!;
          all.get(i, point);
          place.x = x === x ? x : 0;
          place.y = x === x ? itrf_m[j + 1]! : 0;
          place.z = x === x ? itrf_m[j + 2]! : 0;
          point.setPosition(place);
        }
      });
    },
    show(shown) {
      isShown = shown;
      if (points) points.show = shown;
    },
    paint(next) {
      material = new BufferPointMaterial({ color: Color.fromCssColorString(next), size: SIZE_PX });
      for (let i = 0; points && i < points.primitiveCount; i++) {
        points.get(i, point);
        point.setMaterial(material);
      }
    },
    destroy() {
      if (points && !scene.isDestroyed()) scene.primitives.remove(points);
      points = null;
    },
  };
}

function primitivePoints(cesium: Cesium, scene: Scene, colour: string): PointLayer {
  const { PointPrimitiveCollection, Cartesian3, Color } = cesium;
  const points = scene.primitives.add(new PointPrimitiveCollection()) as InstanceType<typeof PointPrimitiveCollection>;
  measureUpload(points);
  const place = new Cartesian3();
  let paint = Color.fromCssColorString(colour);
  return {
    move(itrf_m, count) {
      while (points.length > count) points.remove(points.get(points.length - 1));
      while (points.length < count) points.add({ color: paint, pixelSize: SIZE_PX });
      measured("vedette.points.globe.move", () => {
        for (let i = 0, j = 0; i < count; i++, j += 3) {
          const x = itrf_m[j]!;
          place.x = x === x ? x : 0;
          place.y = x === x ? itrf_m[j + 1]! : 0;
          place.z = x === x ? itrf_m[j + 2]! : 0;
          points.get(i).position = place;
        }
      });
    },
    show: (shown) => void (points.show = shown),
    paint(next) {
      paint = Color.fromCssColorString(next);
      for (let i = 0; i < points.length; i++) points.get(i).color = paint;
    },
    destroy() {
      if (!scene.isDestroyed()) scene.primitives.remove(points);
    },
  };
}

/** The other half of a move: what the collection does in the next frame to hand its bytes on. */
function measureUpload(points: object): void {
  const collection = points as { update: (frame: unknown) => void };
  const update = collection.update.bind(points);
  collection.update = (frame) => {
    measured("vedette.points.globe.upload", () => update(frame));
  };
}
