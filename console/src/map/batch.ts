/**
 * The binary batch of the stream: a 32-byte header, then indices, positions and velocities, each as one run of numbers.
 *
 * `u32 magic "VEDT", u16 version, u16 kind, u32 count, u32 reserved, f64 t_tai_s, f64 t_utc_unix_s`, little-endian;
 * then count u32, count x 3 f32 metres (ITRF), count x 3 f32 metres a second.
 */

export const MAGIC = 0x54444556;
export const HEADER_BYTES = 32;
export const KIND_CATALOGUE = 1;
export const KIND_TRACKS = 2;

export interface Batch {
  kind: number;
  count: number;
  t_tai_s: number;
  t_utc_s: number;
  indices: Uint32Array;
  positions_itrf_m: Float32Array; // count x 3
  velocities_itrf_mps: Float32Array; // count x 3
}

/** A batch, its arrays laid over the bytes without a copy; throws one clear sentence when they are not one. */
export function decodeBatch(bytes: ArrayBuffer): Batch {
  if (bytes.byteLength < HEADER_BYTES) throw new Error(`a batch of ${bytes.byteLength} bytes is shorter than its header`);
  const head = new DataView(bytes);
  const magic = head.getUint32(0, true);
  if (magic !== MAGIC) throw new Error(`a batch begins with 0x${magic.toString(16)}, not with VEDT`);
  const version = head.getUint16(4, true);
  if (version !== 1) throw new Error(`a batch of version ${version}; this console reads version 1: reload the page`);
  const count = head.getUint32(8, true);
  const length = HEADER_BYTES + count * 28;
  if (bytes.byteLength !== length) throw new Error(`a batch of ${count} objects has ${bytes.byteLength} bytes, not ${length}`);
  return {
    kind: head.getUint16(6, true),
    count,
    t_tai_s: head.getFloat64(16, true),
    t_utc_s: head.getFloat64(24, true),
    indices: new Uint32Array(bytes, HEADER_BYTES, count),
    positions_itrf_m: new Float32Array(bytes, HEADER_BYTES + 4 * count, 3 * count),
    velocities_itrf_mps: new Float32Array(bytes, HEADER_BYTES + 16 * count, 3 * count),
  };
}

/** The bytes of a batch: for tests and benchmarks. */
export function encodeBatch(batch: Omit<Batch, "count">): ArrayBuffer {
  const count = batch.indices.length;
  const bytes = new ArrayBuffer(HEADER_BYTES + count * 28);
  const head = new DataView(bytes);
  head.setUint32(0, MAGIC, true);
  head.setUint16(4, 1, true);
  head.setUint16(6, batch.kind, true);
  head.setUint32(8, count, true);
  head.setFloat64(16, batch.t_tai_s, true);
  head.setFloat64(24, batch.t_utc_s, true);
  new Uint32Array(bytes, HEADER_BYTES, count).set(batch.indices);
  new Float32Array(bytes, HEADER_BYTES + 4 * count, 3 * count).set(batch.positions_itrf_m);
  new Float32Array(bytes, HEADER_BYTES + 16 * count, 3 * count).set(batch.velocities_itrf_mps);
  return bytes;
}
