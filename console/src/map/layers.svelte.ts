/** What is drawn and what is not, and where map and globe look: kept for next time, shared by both. */

export const LAYERS = [
  "areas",
  "bands",
  "trails",
  "labels",
  "sensors",
  "fields",
  "sights",
  "noise",
  "notices",
  "glint",
  "night",
  "catalogue",
  "graticule",
] as const;
export type Layer = (typeof LAYERS)[number];
export const HEIGHTS_KM = [10, 100, 300, 1000] as const;

const HIDDEN: readonly Layer[] = ["glint", "sights"];

function kept(): Partial<Record<Layer, boolean>> {
  try {
    return JSON.parse(localStorage.getItem("vedette.layers") ?? "{}") as Partial<Record<Layer, boolean>>;
  } catch {
    return {};
  }
}

class Layers {
  shown = $state<Record<Layer, boolean>>(
    Object.fromEntries(LAYERS.map((one) => [one, kept()[one] ?? !HIDDEN.includes(one)])) as Record<Layer, boolean>,
  );
  /** The height, km, of the objects over whose ground the sensors' fields are drawn. */
  fieldHeight_km = $state<number>(300);

  toggle(layer: Layer): void {
    this.shown[layer] = !this.shown[layer];
    localStorage.setItem("vedette.layers", JSON.stringify(this.shown));
  }
}

export const layers = new Layers();

class Camera {
  lon_deg = $state(-20);
  lat_deg = $state(20);
  /** Kilometres from the top to the bottom of the view. */
  tall_km = $state(0); // 0: the whole Earth
}

export const camera = new Camera();
