/** The scene's areas, bands, trails and rays as primitives of the globe: a few hundred lines and fills, made in one go. */
import type * as CesiumModule from "./cesium";
import type { Color, Scene as GlobeScene, PolylineCollection, Primitive } from "cesium";
import { ellipseRing } from "../map/doubt";
import { destination, greatCircle, type LonLat } from "../map/geodesics";
import type { Palette } from "../map/draw_ground";
import { TONE_TOKEN } from "../map/marks";
import type { Layer } from "../map/layers.svelte";
import type { Ground } from "../map/land";
import type { Scene } from "../map/scene";
import { nightRing } from "../map/sun";

type Cesium = typeof CesiumModule;
const LIFT_M = 900; // above the ellipsoid, so that fills and lines do not fight with it for depth

export class Shapes {
  #still: PolylineCollection; // fields, notices, areas: only when they change
  #moving: PolylineCollection; // trails, leaders, lines of sight: with every picture
  #fills: Primitive | null = null;
  #coast: Primitive | null = null;
  #stillKey = "";

  constructor(
    readonly cesium: Cesium,
    readonly scene: GlobeScene,
  ) {
    this.#still = scene.primitives.add(new cesium.PolylineCollection()) as PolylineCollection;
    this.#moving = scene.primitives.add(new cesium.PolylineCollection()) as PolylineCollection;
  }

  /** Coasts and a graticule as thin lines: the imagery alone is soft when one comes near. */
  coast(ground: Ground, colours: Palette, isGraticule: boolean): void {
    const { cesium } = this;
    if (this.#coast) this.scene.primitives.remove(this.#coast);
    const instances: InstanceType<Cesium["GeometryInstance"]>[] = [];
    const add = (line: LonLat[], css: string, alpha: number) => {
      if (line.length < 2) return;
      instances.push(
        new cesium.GeometryInstance({
          geometry: new cesium.SimplePolylineGeometry({ positions: this.#on(line, LIFT_M / 3), arcType: cesium.ArcType.NONE }),
          attributes: { color: cesium.ColorGeometryInstanceAttribute.fromColor(this.#colour(css, alpha)) },
        }),
      );
    };
    for (const ring of ground.rings) {
      let piece: LonLat[] = [];
      for (const here of ring) {
        const isCut = Math.abs(here[0]) > 179.9 || here[1] < -89.9;
        if (isCut) {
          add(piece, colours["--coast"]!, 0.9);
          piece = [];
        } else piece.push(here);
      }
      add(piece, colours["--coast"]!, 0.9);
    }
    if (isGraticule) {
      for (let lon = -180; lon < 180; lon += 30) {
        add(Array.from({ length: 81 }, (_, i) => [lon, -80 + 2 * i] as LonLat), colours["--coast"]!, 0.35);
      }
      for (let lat = -60; lat <= 60; lat += 30) {
        add(Array.from({ length: 181 }, (_, i) => [-180 + 2 * i, lat] as LonLat), colours["--coast"]!, 0.35);
      }
    }
    this.#coast = this.scene.primitives.add(
      new cesium.Primitive({
        geometryInstances: instances,
        appearance: new cesium.PerInstanceColorAppearance({ flat: true, translucent: true }),
        asynchronous: false,
      }),
      0,
    ) as Primitive;
  }

  draw(scene: Scene, colours: Palette, shown: Record<Layer, boolean>): void {
    this.#drawStill(scene, colours, shown);
    this.#drawMoving(scene, colours, shown);
  }

  #drawStill(scene: Scene, colours: Palette, shown: Record<Layer, boolean>): void {
    const key = JSON.stringify([
      colours["--sea"],
      Object.values(shown),
      Math.floor(scene.t_ms / 60_000),
      scene.areas.map((a) => [a.owner.id, a.probability, a.area_km2, a.tone, a.rings[0]?.[0]]),
      scene.bands.map((b) => [b.id, b.middle[0], b.middle.at(-1), b.tone]),
      scene.sensors.map((s) => [s.id, s.condition, s.isSelected, s.field[0]?.[0], s.field[0]?.length]),
      scene.notices.map((n) => [n.id, n.isSelected]),
      scene.strobes.map((s) => [s.sensor, s.azimuth_deg]),
      scene.spots.map((s) => [s.id, s.place]),
    ]);
    if (key === this.#stillKey) return;
    this.#stillKey = key;
    this.#still.removeAll();
    const fills: { ring: LonLat[]; colour: Color; lift: number }[] = [];
    const colour = (token: string, alpha = 1) => this.#colour(colours[token] ?? "#888888", alpha);
    const edge = (ring: LonLat[], css: Color, width: number, isDashed = false) =>
      this.#line(this.#still, this.#on([...ring, ring[0]!], LIFT_M), css, width, isDashed);
    if (shown.night) {
      for (const [depth, alpha] of [[0, 0.5], [-18, 0.25]] as const) edge(nightRing(scene.t_ms, depth).ring, colour("--caution", alpha), 1, depth !== 0);
    }
    if (shown.fields) {
      for (const one of scene.sensors) {
        const token = one.condition === "degraded" ? "--serious" : one.condition === "silent" ? "--off" : "--sensor";
        for (const ring of one.field) {
          if (ring.length > 2) edge(ring, colour(token, one.isSelected ? 1 : 0.55), one.isSelected ? 2 : 1, one.isInSpace);
        }
        if (!one.isInSpace && one.field.length === 1) fills.push({ ring: one.field[0]!, colour: colour(token, one.isSelected ? 0.16 : 0.08), lift: 0.4 });
      }
    }
    if (shown.glint) for (const one of scene.glints) fills.push({ ring: one.ring, colour: colour("--caution", one.kind === "plates" ? 0.22 : 0.1), lift: 0.3 });
    if (shown.notices) {
      for (const one of scene.notices) {
        edge(one.ring, colour("--standby", 0.9), one.isSelected ? 2.5 : 1.2, true);
        fills.push({ ring: one.ring, colour: colour("--standby", one.isSelected ? 0.25 : 0.1), lift: 0.5 });
      }
    }
    if (shown.noise) for (const one of scene.strobes) fills.push({ ring: one.ring, colour: colour("--serious", 0.25), lift: 0.6 });
    for (const one of scene.spots) edge(one.ring, colour(one.kind === "noise" ? "--serious" : "--track"), 1.4, one.kind === "noise");
    if (shown.bands) {
      for (const one of scene.bands) {
        fills.push({ ring: one.ring, colour: colour(TONE_TOKEN[one.tone], 0.2), lift: 0.7 });
        this.#line(this.#still, this.#on(one.middle, LIFT_M), colour(TONE_TOKEN[one.tone], 0.7), 1.2, true);
        if (one.points) {
          this.#line(this.#still, one.points.map((p) => new this.cesium.Cartesian3(p[0], p[1], p[2])), colour(TONE_TOKEN[one.tone], 0.85), 1.6, true);
        }
      }
    }
    if (shown.areas) {
      for (const one of scene.areas) {
        const share = Math.round(one.probability * 100);
        const isPast = one.tone === "past";
        const token = one.of === "launch" ? "--accent" : isPast ? "--off" : `--area-${share}`;
        for (const ring of one.rings) edge(ring, colour(token, isPast ? 0.5 : 1), share === 90 ? 1.8 : 1, share === 99 || one.isConditional);
        if (one.of === "impact" && one.rings.length === 1) {
          fills.push({ ring: one.rings[0]!, colour: colour(token, (isPast ? 0.4 : 1) * (share >= 99 ? 0.16 : share >= 90 ? 0.26 : 0.45)), lift: 1 - share / 400 });
        }
      }
    }
    this.#fill(fills);
  }

  #drawMoving(scene: Scene, colours: Palette, shown: Record<Layer, boolean>): void {
    const { cesium } = this;
    this.#moving.removeAll();
    const colour = (token: string, alpha = 1) => this.#colour(colours[token] ?? "#888888", alpha);
    const sites = new Map(scene.sensors.map((one) => [one.id, cesium.Cartesian3.fromDegrees(one.place[0], one.place[1], one.height_km * 1e3)]));
    for (const one of scene.tracks) {
      const isPast = one.tone === "past";
      const here = cesium.Cartesian3.fromDegrees(one.place[0], one.place[1], Math.max(LIFT_M, one.height_km * 1e3));
      if (shown.trails && one.trail.length) {
        const way = one.trail.map((p) => cesium.Cartesian3.fromDegrees(p.lon_deg, p.lat_deg, Math.max(LIFT_M, p.height_m)));
        if (one.launch) way.unshift(cesium.Cartesian3.fromDegrees(one.launch[0], one.launch[1], LIFT_M));
        this.#line(this.#moving, [...way, here], colour(isPast ? "--off" : "--trail", isPast ? 0.5 : 1), one.isSelected ? 3 : 2);
      }
      if (isPast) continue;
      if (one.height_km > 5) this.#line(this.#moving, [here, cesium.Cartesian3.fromDegrees(one.place[0], one.place[1], 0)], colour(TONE_TOKEN[one.tone], 0.4), 1);
      if (one.ellipse && (one.isSelected || one.ellipse.major_km > 5)) {
        for (const share of [0.99, 0.9, 0.5]) {
          const ring = ellipseRing(one.place, one.ellipse, share);
          const at = [...ring, ring[0]!].map(([lon, lat]) => cesium.Cartesian3.fromDegrees(lon, lat, one.height_km * 1e3));
          this.#line(this.#moving, at, colour(TONE_TOKEN[one.tone], 0.9), share === 0.9 ? 1.6 : 1, share === 0.99);
        }
      }
      if (one.heading_deg !== null && one.speed_mps && one.position_itrf_m === null) {
        const ahead = destination(one.place, one.heading_deg, (one.speed_mps * 60) / 1000);
        this.#line(this.#moving, this.#on([one.place, ahead], one.height_km * 1e3), colour(TONE_TOKEN[one.tone]), 1.5);
      }
      for (const sensor of shown.sights || one.isSelected ? one.sensors : []) {
        const from = sites.get(sensor);
        if (from) this.#line(this.#moving, [from, here], colour("--sensor", 0.6), 1, true);
      }
    }
  }

  #on(ring: readonly LonLat[], height_m: number) {
    const { Cartesian3 } = this.cesium;
    // long edges follow the ground instead of diving under it
    const dense = ring.length < 2 ? [...ring] : ring.slice(1).flatMap((b, i) => greatCircle(ring[i]!, b, 2).slice(i ? 1 : 0));
    return dense.map(([lon, lat]) => Cartesian3.fromDegrees(lon, lat, height_m));
  }

  #colour(css: string, alpha: number): Color {
    const colour = this.cesium.Color.fromCssColorString(css) ?? this.cesium.Color.GRAY.clone();
    return colour.withAlpha(alpha);
  }

  #line(into: PolylineCollection, positions: InstanceType<Cesium["Cartesian3"]>[], colour: Color, width: number, isDashed = false): void {
    if (positions.length < 2) return;
    const { Material } = this.cesium;
    const material = isDashed
      ? Material.fromType("PolylineDash", { color: colour, dashLength: 12 })
      : Material.fromType("Color", { color: colour });
    into.add({ positions, width, material });
  }

  #fill(fills: readonly { ring: LonLat[]; colour: Color; lift: number }[]): void {
    const { cesium } = this;
    if (this.#fills) this.scene.primitives.remove(this.#fills);
    this.#fills = null;
    if (!fills.length) return;
    const instances = fills.map(
      ({ ring, colour, lift }) =>
        new cesium.GeometryInstance({
          geometry: new cesium.PolygonGeometry({
            polygonHierarchy: new cesium.PolygonHierarchy(ring.map(([lon, lat]) => cesium.Cartesian3.fromDegrees(lon, lat))),
            height: LIFT_M * lift,
            vertexFormat: cesium.PerInstanceColorAppearance.FLAT_VERTEX_FORMAT,
            granularity: cesium.Math.toRadians(2),
            arcType: cesium.ArcType.GEODESIC,
          }),
          attributes: { color: cesium.ColorGeometryInstanceAttribute.fromColor(colour) },
        }),
    );
    this.#fills = this.scene.primitives.add(
      new cesium.Primitive({
        geometryInstances: instances,
        appearance: new cesium.PerInstanceColorAppearance({ flat: true, translucent: true }),
        asynchronous: false,
      }),
    ) as Primitive;
  }
}
