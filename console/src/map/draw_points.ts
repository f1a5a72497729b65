/** The catalogue as single pixels: thirty thousand in a few milliseconds, by writing the picture's own bytes. */
import { copies, lonScale, originX, type View } from "./projection";

/** `#rrggbb` with an alpha, as the four bytes of a picture read as one number (little-endian). */
export function pixel(colour: string, alpha: number): number {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(colour.trim());
  const [r, g, b] = found ? found.slice(1, 4).map((two) => parseInt(two, 16)) : [128, 128, 128];
  return ((Math.round(alpha * 255) << 24) | (b! << 16) | (g! << 8) | r!) >>> 0;
}

/** Write a dot for each place into a picture of `width` x `height` device pixels; gives how many were inside. */
export function plotPoints(
  pixels: Uint32Array,
  width: number,
  height: number,
  ratio: number,
  view: View,
  lonLat_deg: Float32Array,
  colour: number,
  faint: number,
): number {
  pixels.fill(0);
  const kx = lonScale(view) * ratio;
  const ky = view.pxPerDeg * ratio;
  const y0 = (view.height / 2 + view.lat_deg * view.pxPerDeg) * ratio;
  let drawn = 0;
  for (const copy of copies(view)) {
    const x0 = originX(view, copy) * ratio;
    for (let i = 0; i < lonLat_deg.length; i += 2) {
      const x = (x0 + lonLat_deg[i]! * kx) | 0;
      const y = (y0 - lonLat_deg[i + 1]! * ky) | 0;
      if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) continue; // NaN is 0 and left out
      const at = y * width + x;
      pixels[at] = colour;
      if (pixels[at + 1] === 0) pixels[at + 1] = faint;
      if (pixels[at + width] === 0) pixels[at + width] = faint;
      drawn++;
    }
  }
  return drawn;
}
