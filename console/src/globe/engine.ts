/**
 * The globe itself: CesiumJS with the imagery that it ships (Natural Earth II), nothing from the net and no token.
 *
 * `CesiumWidget` and not `Viewer`: the widgets bring knockout, which needs `eval`, which our content policy forbids.
 */
import type * as CesiumModule from "./cesium";
import type { CesiumWidget, ImageryLayer } from "cesium";
import type { Palette } from "../map/draw_ground";

type Cesium = typeof CesiumModule;

export interface Engine {
  cesium: Cesium;
  widget: CesiumWidget;
  imagery: ImageryLayer;
  isLite: boolean;
}

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Whether this browser draws WebGL at all, and whether in software. */
export function graphics(): { isThere: boolean; isSoftware: boolean; name: string } {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return { isThere: false, isSoftware: false, name: "" };
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return { isThere: true, isSoftware: SOFTWARE.test(name), name };
}

export async function startEngine(host: HTMLElement, isLite: boolean): Promise<Engine> {
  const cesium = await import("./cesium");
  const { CesiumWidget, ImageryLayer, Ion, TileMapServiceImageryProvider, buildModuleUrl } = cesium;
  Ion.defaultAccessToken = "";
  const imagery = ImageryLayer.fromProviderAsync(
    TileMapServiceImageryProvider.fromUrl(buildModuleUrl("Assets/Textures/NaturalEarthII"), { fileExtension: "jpg" }),
    {},
  );
  const widget = new CesiumWidget(host, {
    baseLayer: imagery,
    creditContainer: document.createElement("div"), // said in the legend and the licence page
    terrainProvider: new cesium.EllipsoidTerrainProvider(),
    skyBox: false,
    skyAtmosphere: false,
    requestRenderMode: true,
    maximumRenderTimeChange: Infinity,
    msaaSamples: isLite ? 1 : 4,
    contextOptions: { webgl: { powerPreference: "high-performance" } },
    shouldAnimate: false,
    useBrowserRecommendedResolution: isLite,
    showRenderLoopErrors: false,
    scene3DOnly: true,
  });
  const { scene } = widget;
  scene.globe.showGroundAtmosphere = false;
  scene.globe.dynamicAtmosphereLighting = false;
  scene.globe.enableLighting = true;
  scene.globe.maximumScreenSpaceError = isLite ? 4 : 2;
  scene.globe.tileCacheSize = 200;
  scene.fog.enabled = false;
  if (scene.sun) scene.sun.show = false;
  if (scene.moon) scene.moon.show = false;
  scene.postProcessStages.fxaa.enabled = false;
  scene.highDynamicRange = false;
  scene.screenSpaceCameraController.minimumZoomDistance = 20e3;
  scene.screenSpaceCameraController.maximumZoomDistance = 150e6;
  scene.screenSpaceCameraController.enableCollisionDetection = false;
  scene.screenSpaceCameraController.inertiaSpin = 0.5;
  return { cesium, widget, imagery, isLite };
}

/** Quiet the imagery, so that it does not fight with what is drawn on it; brighter in the light theme. */
export function paint({ cesium, widget, imagery }: Engine, colours: Palette, theme: string): void {
  widget.scene.backgroundColor = cesium.Color.fromCssColorString(colours["--bg"] || "#000000");
  widget.scene.globe.baseColor = cesium.Color.fromCssColorString(colours["--sea"] || "#0a111b");
  const looks: Record<string, [number, number, number]> = { dark: [0.55, 0.35, 1.15], light: [1.35, 0.35, 0.9], red: [0.35, 0, 1.2] };
  const [brightness, saturation, contrast] = looks[theme] ?? looks["dark"]!;
  imagery.brightness = brightness;
  imagery.saturation = saturation;
  imagery.contrast = contrast;
  imagery.hue = 0;
}

/** Near the ground the imagery is only blocks of colour: it steps back, and the coasts say where the land is. */
export function dim({ imagery, widget }: Engine, height_m: number): void {
  const alpha = Math.max(0.35, Math.min(1, (height_m - 500e3) / 3_500e3));
  if (Math.abs(imagery.alpha - alpha) < 0.02) return;
  imagery.alpha = alpha;
  widget.scene.requestRender();
}
