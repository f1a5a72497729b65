/** What `objects/{id}/evidence` and `/history` answer: the documents of `vedette explain --json`, and how beliefs moved. */
import type { Candidate, Evidence, Finding, Interval } from "../lib/model";

export interface LookRow {
  t_utc: string | null;
  t_plus_s: number | null;
  sensor_id: string;
  kind: string;
  found: boolean;
  values: Record<string, number>;
  delay_s: number | null;
  residual_sigmas: Record<string, number | null>;
  nis: number | null;
  dof: number | null;
  overtaken: boolean;
}

export interface SensorPart {
  sensor_id: string;
  kind: string;
  detections: number;
  silences: number;
  residual_rms_sigmas: Record<string, number>;
  nis_per_dof: number | null;
}

export interface Moment {
  t_utc: string | null;
  t_plus_s: number | null;
  existence: number | null;
  is_confirmed: boolean;
  hits: number;
  modes: Record<string, number>;
  position_sigma_km: number | null;
  speed_sigma_mps: number | null;
}

export interface ClassMoment {
  t_utc: string | null;
  t_plus_s: number | null;
  phase: string;
  probabilities: Record<string, number | null>;
}

export interface Alternative {
  t_utc: string | null;
  t_plus_s: number | null;
  sensor_id: string;
  detection: number | null;
  probability: number | null;
  taken: boolean;
}

export interface EvidenceDocument {
  object_id: string;
  track_id: string | null;
  t_now_utc: string | null;
  candidates: Candidate[];
  sensors: SensorPart[];
  nis: { looks: number; mean_per_dof: number | null; inside_95: number | null };
  looks: LookRow[];
  lost: { t_utc: string | null; t_plus_s: number | null; sensor_id: string; nis: number | null; dof: number | null }[];
  alternatives: Alternative[];
  doubts: Finding[];
  said: Finding[];
  belief: Moment[];
  classes: ClassMoment[];
}

export interface History {
  object_id: string;
  t_now_utc: string | null;
  explanations?: { t_utc: string | null; t_plus_s: number | null; evidence: Evidence; probabilities: Record<string, number> }[];
  classes?: ClassMoment[];
  residuals?: { t_utc: string | null; t_plus_s: number | null; sensor_id: string; nis: number; dof: number }[];
  areas?: {
    t_utc: string | null;
    t_plus_s: number | null;
    impact_50_km2: number | null;
    impact_90_km2: number | null;
    impact_99_km2: number | null;
    launch_90_km2: number | null;
    t_impact_90_plus_s?: Interval | null;
  }[];
}

/** A job of the replay worker that has not ended. */
export interface Job {
  id?: string;
  state: "waiting" | "running" | "done" | "failed" | "stopped";
  done?: number;
  of?: number;
  document?: unknown;
  problem?: { detail?: string; title?: string };
}
const STATES: readonly unknown[] = ["waiting", "running", "done", "failed", "stopped"];
export const isJob = (answer: unknown): answer is Job =>
  typeof answer === "object" && answer !== null && STATES.includes((answer as Job).state) && !("object_id" in answer);

/** The phenomenon that a kind of sensor rests on: two sensors of one phenomenon can be fooled by one thing. */
export function phenomenonOf(kind: string): "infrared" | "radar" | "light" | "radio" | "telemetry" {
  switch (kind) {
    case "infrared":
    case "thermal":
      return "infrared";
    case "radar":
    case "over-the-horizon":
      return "radar";
    case "telemetry":
      return "telemetry";
    case "passive-radio":
    case "time-difference":
    case "strobe":
      return "radio";
    default:
      return "light";
  }
}
