/**
 * A crowd's tracks between their rows: binary frames of kind 2 say at every look where each stands.
 *
 * Rows of a crowd come now and then (what a track is, by whom it is seen); places come at once. A frame names a track by
 * the low 32 bits of what its id spells after the T, five bits a letter (A to Z, 2 to 7).
 */
import { type Batch, decodeBatch } from "./batch";
import { geodeticFromItrf } from "./earth";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The number by which a frame names a track; null for the name of anything that is not of a crowd. */
export function numberOf(id: string): number | null {
  if (id.length < 2 || id[0] !== "T") return null;
  let number = 0;
  for (const letter of id.slice(1)) {
    const digit = LETTERS.indexOf(letter);
    if (digit < 0) return null;
    number = ((number << 5) | digit) >>> 0;
  }
  return number;
}

export interface Fresh {
  t_ms: number;
  lat_deg: number;
  lon_deg: number;
  altitude_km: number;
  position_itrf_m: [number, number, number];
  velocity_itrf_mps: [number, number, number];
}

export class Crowd {
  #batch: Batch | null = null;
  #rows = new Map<number, number>();

  /** Take a frame of kind 2; one that is none is left alone. */
  take(bytes: ArrayBuffer): void {
    const batch = decodeBatch(bytes);
    this.#batch = batch;
    this.#rows = new Map(Array.from(batch.indices, (number, row) => [number, row]));
  }

  /** Where a track stands by the newest frame; null when it is not in it. */
  of(id: string): Fresh | null {
    const number = this.#batch ? numberOf(id) : null;
    const row = number === null ? undefined : this.#rows.get(number);
    if (row === undefined) return null;
    const { positions_itrf_m: p, velocities_itrf_mps: v, t_utc_s } = this.#batch!;
    const position: [number, number, number] = [p[3 * row]!, p[3 * row + 1]!, p[3 * row + 2]!];
    if (!position.every(Number.isFinite)) return null;
    const place = geodeticFromItrf(position);
    return {
      t_ms: t_utc_s * 1000,
      lat_deg: place.lat_deg,
      lon_deg: place.lon_deg,
      altitude_km: place.height_m / 1e3,
      position_itrf_m: position,
      velocity_itrf_mps: [v[3 * row]!, v[3 * row + 1]!, v[3 * row + 2]!],
    };
  }

  forget(): void {
    this.#batch = null;
    this.#rows.clear();
  }
}
