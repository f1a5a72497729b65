/**
 * Where sunlight may mirror into an infrared watcher: places where a mirror need lean no more than so far from level.
 *
 * Level plates of ice in high cloud lean by about 1.2 degrees (Breon and Dubrulle 2004), facets of rough sea by about 7
 * (Cox and Munk 1954): the zone is drawn at twice each. The same geometry as the engine's glint explanation.
 */
import { A_M, add, axesAt, dot, geodeticFromItrf, itrfFromGeodetic, norm, sub, unit, type Vec3 } from "./earth";
import { destination, type LonLat } from "./geodesics";
import { sunItrf } from "./sun";

export const CLOUD_M = 6_000;
export const PLATES_DEG = 2.4;
export const SEA_DEG = 14;

interface Mirror {
  tilt: [east: number, north: number]; // sine of the lean, level components
  isLit: boolean;
}

function mirrorAt([lon, lat]: LonLat, sensor: Vec3, sun: Vec3): Mirror {
  const { east, north, up } = axesAt(lat, lon);
  const place = itrfFromGeodetic(lat, lon, CLOUD_M);
  const [toSensor, toSun] = [unit(sub(sensor, place)), unit(sub(sun, place))];
  const half = unit(add(toSensor, toSun));
  return { tilt: [dot(half, east), dot(half, north)], isLit: dot(toSun, up) > 0 && dot(toSensor, up) > 0 };
}

/** How far from level a mirror must lean at a place, degrees; null where the Sun or the sensor is below the horizon. */
export function lean_deg(place: LonLat, sensor: Vec3, t_ms: number): number | null {
  const { tilt, isLit } = mirrorAt(place, sensor, sunItrf(t_ms));
  return isLit ? (Math.asin(Math.min(1, Math.hypot(...tilt))) * 180) / Math.PI : null;
}

/** Where a level mirror at cloud height sends sunlight to the sensor; null when the Earth is in the way. */
export function specularPoint(sensor: Vec3, t_ms: number): LonLat | null {
  const sun = sunItrf(t_ms);
  // near the sensor's foot for a low orbit, half way to the Sun for a far one
  const low = Math.min(norm(sensor) / A_M - 1, 1);
  const between = unit(add(unit(sensor), unit(sun), low / 2));
  const start = geodeticFromItrf([between[0] * A_M, between[1] * A_M, between[2] * A_M]);
  let here: LonLat = [start.lon_deg, start.lat_deg];
  for (let i = 0; i < 60; i++) {
    const m = mirrorAt(here, sensor, sun);
    const size = Math.hypot(...m.tilt);
    if (size < 1e-7) return m.isLit ? here : null;
    // Newton on the two level components, slopes by a kilometre's difference
    const e = mirrorAt(destination(here, 90, 1), sensor, sun).tilt;
    const n = mirrorAt(destination(here, 0, 1), sensor, sun).tilt;
    const [a, b, c, d] = [e[0] - m.tilt[0], n[0] - m.tilt[0], e[1] - m.tilt[1], n[1] - m.tilt[1]];
    const det = a * d - b * c;
    if (Math.abs(det) < 1e-18) return null;
    const [x, y] = [(-m.tilt[0] * d + m.tilt[1] * b) / det, (-m.tilt[1] * a + m.tilt[0] * c) / det];
    const way = Math.hypot(x, y);
    here = destination(here, (Math.atan2(x, y) * 180) / Math.PI, Math.min(way, 1500));
  }
  return null;
}

/**
 * The ring within which a mirror need lean no more than `lean`; null where there is no glint.
 *
 * From the specular point outwards along `count` azimuths, by halving; a direction that meets the edge of the lit or
 * seen Earth first ends there.
 */
export function glintRing(sensor: Vec3, t_ms: number, lean: number, count = 72): LonLat[] | null {
  const middle = specularPoint(sensor, t_ms);
  if (middle === null) return null;
  const sun = sunItrf(t_ms);
  const most = Math.sin((lean * Math.PI) / 180);
  const isIn = (p: LonLat) => {
    const m = mirrorAt(p, sensor, sun);
    return m.isLit && Math.hypot(...m.tilt) <= most;
  };
  return Array.from({ length: count }, (_, i) => {
    const azimuth = (i * 360) / count;
    let [near, far] = [0, 250];
    while (far < 12_000 && isIn(destination(middle, azimuth, far))) [near, far] = [far, far + 250];
    for (let k = 0; k < 12; k++) {
      const half = (near + far) / 2;
      if (isIn(destination(middle, azimuth, half))) near = half;
      else far = half;
    }
    return destination(middle, azimuth, near);
  });
}
