/** The honesty meter's judgement: did areas hold what they said, are residuals as large as was claimed. */
import { chiSquareBand, countBand } from "../panels/binomial";

export interface AreaCount {
  probability: number;
  held: number;
  of: number;
  band?: [number, number] | null;
}
export interface SensorHonesty {
  sensor_id: string;
  looks: number;
  dof?: number | null;
  nis_per_dof: number | null;
  band?: [number, number] | null;
  inside_95?: number | null;
}
export interface Calibration {
  t_now_utc?: string | null;
  against?: string | null;
  areas?: AreaCount[] | null; // of catalogued objects
  impact_areas?: AreaCount[] | null; // where the truth is known
  nis?: { looks: number; dof?: number | null; mean_per_dof: number | null; band?: [number, number] | null; inside_95?: number | null } | null;
  by_sensor?: SensorHonesty[] | null;
  by_day?: { day_utc: string; held: number; of: number }[] | null;
}

export type Verdict = "good" | "cautious" | "overconfident" | "unknown";
/** Fewer than this and chance alone may hide any fault. */
export const LEAST = 20;

/** Areas that hold less often than they say are too small: overconfident. */
export function ofCount(one: AreaCount): { verdict: Verdict; band: [number, number] } {
  const band = one.band ?? countBand(one.of, one.probability);
  if (one.of < LEAST) return { verdict: "unknown", band };
  return { verdict: one.held < band[0] ? "overconfident" : one.held > band[1] ? "cautious" : "good", band };
}

/** Squared residuals above their band say that the belief claims too much; below, that it doubts too much. */
export function ofMean(mean: number | null, dof: number | null | undefined, band?: [number, number] | null): { verdict: Verdict; band: [number, number] | null } {
  const held = band ?? (dof ? chiSquareBand(dof) : null);
  if (mean === null || held === null) return { verdict: "unknown", band: held };
  return { verdict: mean > held[1] ? "overconfident" : mean < held[0] ? "cautious" : "good", band: held };
}

const WORST: Verdict[] = ["overconfident", "cautious", "good", "unknown"];
/** The verdict on the whole: the worst of its parts that are known. */
export function whole(verdicts: readonly Verdict[]): Verdict {
  const known = verdicts.filter((one) => one !== "unknown");
  return known.sort((a, b) => WORST.indexOf(a) - WORST.indexOf(b))[0] ?? "unknown";
}
