/** The binary batches of the stream: many positions at once, little-endian, a structure of arrays after 32 bytes. */

export interface Batch {
  kind: 1 | 2; // catalogue, tracks
  t_utc_ms: number;
  index: Uint32Array;
  position_itrf_m: Float32Array; // three each
  velocity_itrf_mps: Float32Array;
}

const MAGIC = 0x54444556; // "VEDT"
const HEAD = 32;

/** A batch of its bytes; null for what is not one. */
export function batchOf(bytes: ArrayBuffer): Batch | null {
  if (bytes.byteLength < HEAD) return null;
  const view = new DataView(bytes);
  if (view.getUint32(0, true) !== MAGIC || view.getUint16(4, true) !== 1) return null;
  const kind = view.getUint16(6, true);
  const count = view.getUint32(8, true);
  if ((kind !== 1 && kind !== 2) || bytes.byteLength < HEAD + count * 28) return null;
  return {
    kind,
    t_utc_ms: view.getFloat64(24, true) * 1000,
    index: new Uint32Array(bytes, HEAD, count),
    position_itrf_m: new Float32Array(bytes, HEAD + 4 * count, 3 * count),
    velocity_itrf_mps: new Float32Array(bytes, HEAD + 16 * count, 3 * count),
  };
}

const A = 6_378_137.0;
const E2 = 0.006_694_379_990_141_33; // WGS 84

/** Latitude and longitude in degrees, height above the ellipsoid in km [Bowring 1976: a millimetre below 10 km, metres far out]. */
export function geodetic(x: number, y: number, z: number): [number, number, number] {
  const b = A * Math.sqrt(1 - E2);
  const level = Math.hypot(x, y);
  const theta = Math.atan2(z * A, level * b);
  const e2b = E2 / (1 - E2);
  const lat = Math.atan2(z + e2b * b * Math.sin(theta) ** 3, level - E2 * A * Math.cos(theta) ** 3);
  const n = A / Math.sqrt(1 - E2 * Math.sin(lat) ** 2);
  const height = level * Math.cos(lat) + z * Math.sin(lat) - n * (1 - E2 * Math.sin(lat) ** 2);
  return [(lat * 180) / Math.PI, (Math.atan2(y, x) * 180) / Math.PI, height / 1e3];
}
