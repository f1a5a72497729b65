/** Known objects as rows: names from the catalogue, places from the last batch, looks from whom the sensors met. */
import type { CatalogueMet } from "../lib/model";
import { type Batch, geodetic } from "../panels/binary";
import type { Row } from "./rows";

export interface KnownObject {
  index: number;
  id: string;
  name: string;
  kind: string;
}

/** What `catalogue/objects` answers: a list, or one under `items` or `objects`. */
export function knownObjects(answer: unknown): KnownObject[] {
  const held = answer as { items?: unknown; objects?: unknown } | unknown[];
  const list = (Array.isArray(held) ? held : (held.items ?? held.objects ?? [])) as Record<string, unknown>[];
  return list.map((one, i) => ({
    index: Number(one["index"] ?? i),
    id: String(one["id"] ?? one["number"] ?? i),
    name: String(one["name"] ?? ""),
    kind: String(one["kind"] ?? ""),
  }));
}

/** A row for each known object; without a batch they have no place. */
export function catalogueRows(known: readonly KnownObject[], batch: Batch | null, met: NonNullable<CatalogueMet["met"]>): Row[] {
  const places = new Map<number, number>();
  if (batch) for (let i = 0; i < batch.index.length; i++) places.set(batch.index[i]!, i);
  const seen = new Map(met.map((one) => [String(one.id), one]));
  return known.map((one) => {
    const i = places.get(one.index);
    const sight = seen.get(one.id);
    let [lat, lon, alt, speed]: [number | null, number | null, number | null, number | null] = [null, null, null, null];
    if (batch && i !== undefined) {
      const [p, v] = [batch.position_itrf_m, batch.velocity_itrf_mps];
      [lat, lon, alt] = geodetic(p[3 * i]!, p[3 * i + 1]!, p[3 * i + 2]!);
      speed = Math.hypot(v[3 * i]!, v[3 * i + 1]!, v[3 * i + 2]!);
    }
    return {
      id: one.id, kind: "catalogue", name: one.name, class: one.kind, p: null, phase: "", evidence: "", alt, speed, lat, lon,
      sigma: null, age: null, launch: null, impact: null, togo: null, sensors: sight?.sensors ?? [], notices: [], marks: [],
      looks: sight?.looks ?? null,
    } satisfies Row;
  });
}
