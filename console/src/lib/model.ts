/** What stands in a picture, as `--json` says it (src/vedette/doors/wire.py): degrees, kilometres, UTC, seconds. */

export type Mode = "REAL" | "EXERCISE" | "TEST" | "SIMULATED";
export type Evidence = "candidate" | "correlated" | "confirmed" | "withdrawn" | "passed";
export type Message = "none" | "proposed" | "released" | "updated" | "cancelled" | "expired";
export type Interval = [number, number];

export interface Area {
  probability: number;
  shape: "polygon" | "ring" | string;
  lat_deg: number[];
  lon_deg: number[];
  area_km2: number;
}

export interface Finding {
  t_utc: string | null;
  t_plus_s: number | null;
  t_declared_utc: string | null;
  t_declared_plus_s: number | null;
  kind: string;
  object_id: string;
  text: string;
  data: Record<string, unknown>;
}

export interface Launch {
  lat_deg: number;
  lon_deg: number;
  t_utc: string | null;
  t_plus_s: number | null;
  t_90_plus_s: [number | null, number | null];
  azimuth_deg: number | null;
  azimuth_90_deg: Interval | null;
  is_near_vertical: boolean;
  areas: Area[];
}

export interface Impact {
  lat_deg: number;
  lon_deg: number;
  t_90_utc: [string | null, string | null];
  t_90_plus_s: [number | null, number | null];
  downrange_90_km: Interval | null;
  is_conditional: boolean;
}

export interface ObjectState {
  t_utc?: string | null;
  t_plus_s?: number | null;
  lat_deg?: number;
  lon_deg?: number;
  altitude_km?: number;
  position_itrf_m?: [number, number, number];
  velocity_itrf_mps?: [number, number, number];
  [more: string]: unknown;
}

export interface TrackedObject {
  id: string;
  class: string;
  probabilities: Record<string, number>;
  phase: string;
  apogee_km: number | null;
  apogee_90_km: Interval | null;
  launch: Launch | null;
  burnout: Record<string, unknown> | null;
  impact: Impact | null;
  impact_areas: Area[];
  state: ObjectState | null;
  sensors: string[];
  quality: string[];
  reasons_for: string[];
  reasons_against: string[];
}

export interface PictureAlert {
  id: string;
  kind: string;
  object_id: string;
  evidence: Evidence;
  message: Message;
  t_utc: string | null;
  t_plus_s: number | null;
  text: string;
  phenomena: string[];
  reasons_for: string[];
  reasons_against: string[];
}

export interface Explanation {
  name: string;
  probability: number;
  reasons_for: string[];
  reasons_against: string[];
}

export interface Candidate {
  id: string;
  subject: string;
  object_id: string | null;
  sensors: string[];
  t_first_utc: string | null;
  t_first_plus_s: number | null;
  t_utc: string | null;
  t_plus_s: number | null;
  evidence: Evidence;
  explanations: Explanation[];
  notices: string[];
  marks: string[];
}

export interface Raid {
  id: string;
  objects: string[];
  count: number;
  count_90: Interval;
  mix: Record<string, { count: number; count_90: Interval }>;
  t_first_utc: string | null;
  t_first_plus_s: number | null;
  t_last_utc: string | null;
  t_last_plus_s: number | null;
}

export interface Strobe {
  azimuth_deg: number;
  azimuth_sigma_deg: number;
  elevation_deg: number | null;
  noise_rise_db: number;
  since_utc: string | null;
  causes: string[];
}

export interface SensorHealth {
  id: string;
  condition: "ok" | "degraded" | "silent" | string;
  since_utc: string | null;
  noise_rise_db: number;
  strobes: Strobe[];
  causes: string[];
  text: string;
}

export interface Group {
  id: string;
  t_utc: string | null;
  count: number;
  count_sigma: number;
  count_90: Interval;
  lat_deg: number;
  lon_deg: number;
  altitude_km: number;
  middle_sigma_km: number;
  spread_km: number[];
  velocity_itrf_mps: number[];
  sensors: string[];
}

export interface NoiseSource {
  id: string;
  t_utc: string | null;
  lat_deg: number;
  lon_deg: number;
  height_km: number;
  level_sigma_km: number;
  sensors: string[];
  probability: number;
}

export interface Source {
  sensor_id: string;
  scans: number;
  t_heard_utc: string | null;
  delay_s: number | null;
  jitter_s: number | null;
  clock_steps: number;
  last_step_s: number | null;
  t_last_step_utc: string | null;
  is_clock_valid: boolean | null;
  is_released: boolean | null;
  is_overloaded: boolean | null;
  rotation_s: number | null;
  doubts: string[];
}

export interface NoLaunch {
  text: string;
  area: string | null;
  within_s: number;
  probabilities: Record<string, number>;
  sigmas: Record<string, number>;
  sensors_lost: string[];
  sensors_in_noise: string[];
}

export interface Registration {
  sensor_id: string;
  state: string;
  looks: number;
  biases: { term: string; value: number; sigma: number; prior_sigma: number; established_utc: string | null }[];
  alarms: unknown[];
  untold: unknown;
  text: string;
}

export interface CatalogueMet {
  source: string;
  sha256: string;
  objects: number;
  detections_named: number;
  detections_new: number;
  met?: {
    id: number;
    name: string;
    looks: number;
    probability: number;
    together_with: string[];
    sensors: string[];
    t_first_utc: string | null;
    t_last_utc: string | null;
    age_days: number;
  }[];
}

export interface Picture {
  mode: Mode;
  engine_version: string;
  t_now_utc: string | null;
  t_now_plus_s: number | null;
  counts: { scans: number; detections: number; quarantined: number };
  no_launch: NoLaunch | null;
  events: Finding[];
  objects: TrackedObject[];
  alerts: PictureAlert[];
  candidates: Candidate[];
  raids: Raid[];
  sensors: SensorHealth[];
  groups: Group[];
  noise_sources: NoiseSource[];
  sources: Source[];
  predictions: unknown[];
  registration: Registration[];
  catalogue: CatalogueMet | null;
}

/** One alert at the desk, as `vedette alert show --json` says it. */
export interface DeskAlert {
  id: string;
  event_id: string;
  mode: Mode;
  kind: string;
  object_ids: string[];
  evidence: Evidence;
  message: Message;
  attention: Record<string, string>; // by account: new, acknowledged, started, shelved
  revision: string;
  revisions: number;
  sequence: number;
  proposed_utc: string;
  valid_until_utc: string;
  waits_for_second: string | null;
  duties: Duty[];
  explanations?: Explanation[];
  reasons_for?: string[];
  reasons_against?: string[];
  marks?: string[];
  track_age_s?: number | null;
  impact_areas?: unknown[];
  areas?: AreaTold[];
  areas_added?: string[];
  areas_dropped?: string[];
  rests_on?: Record<string, unknown>;
  messages?: SentMessage[];
  approval?: { account: string; revision: string; t_utc: string | null; until_utc?: string | null } | null;
  attended?: Record<string, { attention: string; t_utc?: string; until_utc?: string | null; reason?: string | null }>;
}

export interface Duty {
  act: string;
  role: string;
  due_utc: string;
  is_late: boolean;
  escalate_to: string;
}

export interface AreaTold {
  name: string;
  level: "take-shelter" | "be-ready" | "be-informed" | "all-clear" | string;
  what: string;
  probability: number;
  seconds: number | null;
}

export interface SentMessage {
  message_id: string;
  sequence: number;
  type: string;
  sent_utc: string;
  valid_until_utc: string;
  released_by: string[];
  revision: string;
  supersedes: string[];
  cancels: string[];
  cancel_reason: string | null;
  channels: {
    channel: string;
    state: string;
    tries: number;
    told_utc: string | null;
    seconds: number | null;
    receipt: string | null;
    trouble: string | null;
  }[];
}

export type Notice = Record<string, unknown> & { id?: string };

export interface Worker {
  state: "starting" | "running" | "paused" | "ended" | "dead" | string;
  last_frame_age_s: number | null;
  backlog_s: number | null;
  caught?: [number, number]; // entries read again, of how many
  sentence?: string | null; // why it cannot go on
}

/** Who somebody is here, and what they may do. */
export interface Session {
  account: string | null;
  session: string | null;
  roles: string[];
  rights: string[]; // acknowledge, release, cancel, administer
  mode: Mode | null;
  needs_login: boolean;
  until_utc: string | null;
  place: string | null;
}

// --- frames of the stream ------------------------------------------------------------------------------------------

export interface SnapshotFrame {
  type: "snapshot";
  seq: number;
  journal: string | null;
  entry: number;
  picture: Picture;
  desk?: DeskAlert[];
  notices?: Notice[];
}

export interface UpdateFrame {
  type: "update";
  seq: number;
  entry: number;
  t_now_utc?: string | null;
  t_now_plus_s?: number | null;
  counts?: Picture["counts"];
  events?: Finding[];
  objects?: TrackedObject[];
  objects_gone?: string[];
  alerts?: PictureAlert[];
  candidates?: Candidate[];
  candidates_gone?: string[];
  raids?: Raid[];
  sensors?: SensorHealth[];
  sources?: Source[];
  groups?: Group[];
  noise_sources?: NoiseSource[];
  registration?: Registration[];
  no_launch?: NoLaunch | null;
  catalogue?: CatalogueMet | null;
}

export interface DeskFrame {
  type: "desk";
  seq?: number;
  alerts: DeskAlert[];
  notices?: Notice[];
  audit_tail?: { seq: number; hash: string };
}

export interface HeartbeatFrame {
  type: "heartbeat";
  t_server_utc: string;
  worker: Worker;
  readers: number;
  recording: boolean;
}

export interface ProblemFrame {
  type: "problem" | string;
  title?: string;
  detail?: string;
  status?: number;
}

export type PictureFrame = SnapshotFrame | UpdateFrame;
export type Frame = SnapshotFrame | UpdateFrame | DeskFrame | HeartbeatFrame | ProblemFrame;
