/** The catalogue off the main thread: keeps the newest batch, and says where everything is at an instant. */
import { type Batch, decodeBatch } from "./batch";
import { coast } from "./coasting";

export interface AskBatch {
  type: "batch";
  bytes: ArrayBuffer;
}
export interface AskPositions {
  type: "at";
  t_utc_s: number;
  isFlat: boolean; // longitudes and latitudes too
  spare: ArrayBuffer[]; // buffers given back, to be filled again
}
export interface Positions {
  type: "positions";
  t_utc_s: number;
  age_s: number; // since the batch was true; may be negative
  count: number;
  indices: Uint32Array | null; // when they are new since the last answer
  itrf_m: Float32Array; // count x 3
  lonLat_deg: Float32Array | null; // count x 2
  work_ms: number;
}
export interface Trouble {
  type: "trouble";
  words: string;
}

let batch: Batch | null = null;
let isNew = false;

/** Where everything of a batch is at an instant. Geodetic latitude in closed form, within 0.01 degree up to 40,000 km. */
export function positionsAt(of: Batch, t_utc_s: number, isFlat: boolean, spare: ArrayBuffer[] = []): Omit<Positions, "type" | "indices"> {
  const began = performance.now();
  const take = (length: number): Float32Array => {
    const found = spare.findIndex((one) => one.byteLength === length * 4);
    return found >= 0 ? new Float32Array(spare.splice(found, 1)[0]!) : new Float32Array(length);
  };
  const itrf_m = take(3 * of.count);
  coast(of.positions_itrf_m, of.velocities_itrf_mps, t_utc_s - of.t_utc_s, itrf_m);
  const lonLat_deg = isFlat ? take(2 * of.count) : null;
  if (lonLat_deg) {
    const DEG = 180 / Math.PI;
    for (let i = 0, j = 0; i < itrf_m.length; i += 3, j += 2) {
      const [x, y, z] = [itrf_m[i]!, itrf_m[i + 1]!, itrf_m[i + 2]!];
      const p = Math.sqrt(x * x + y * y);
      const r = Math.sqrt(p * p + z * z);
      // the normal leans from the radius by e² sin cos a / r, to first order
      const lean = (0.00669438 * 6378137 * z * p) / (r * r * r);
      lonLat_deg[j] = Math.atan2(y, x) * DEG;
      lonLat_deg[j + 1] = (Math.atan2(z, p) + lean) * DEG;
    }
  }
  return { t_utc_s, age_s: t_utc_s - of.t_utc_s, count: of.count, itrf_m, lonLat_deg, work_ms: performance.now() - began };
}

function hear(event: MessageEvent<AskBatch | AskPositions>): void {
  const post = (answer: Positions | Trouble, transfer: Transferable[] = []) =>
    (globalThis as unknown as DedicatedWorkerGlobalScope).postMessage(answer, transfer);
  const asked = event.data;
  if (asked.type === "batch") {
    try {
      batch = decodeBatch(asked.bytes);
      isNew = true;
    } catch (trouble) {
      post({ type: "trouble", words: trouble instanceof Error ? trouble.message : String(trouble) });
    }
    return;
  }
  if (!batch) return;
  const found = positionsAt(batch, asked.t_utc_s, asked.isFlat, asked.spare);
  const answer: Positions = { type: "positions", indices: isNew ? batch.indices.slice() : null, ...found };
  isNew = false;
  const transfer: Transferable[] = [answer.itrf_m.buffer];
  if (answer.lonLat_deg) transfer.push(answer.lonLat_deg.buffer);
  if (answer.indices) transfer.push(answer.indices.buffer);
  post(answer, transfer);
}

if (typeof window === "undefined") globalThis.onmessage = hear as typeof globalThis.onmessage;
