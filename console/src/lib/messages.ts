/** Made by tools/console_types.py from src/vedette/doors/server/messages.py: change those, and run it. */

/** What a client opens with; absent or null: nothing is held, and no catalogue is wanted. */
export interface Hello {
  type: "hello";
  resume?: number | null;  // number of the newest frame held
  journal?: string | null;  // of which journal it is
  catalogue_period_s?: number | null;  // seconds between catalogue frames, >= 1
}

/** The whole picture, desk and notices: what a client shows when it has nothing, or fell behind. */
export interface SnapshotFrame {
  type: "snapshot";
  seq: number;  // number of the frame; grows, from the milliseconds of the server's start
  journal: string | null;
  entry: number;  // the journal's newest entry that the frame knows of
  picture: Picture;
  desk: DeskAlert[];
  audit_tail: AuditTail | null;
  notices: Notice[];
  is_desk_kept?: boolean;  // of the past: whether a desk of it is kept
}

/** The whole picture as one document, as `vedette watch --json` writes it. */
export interface Picture {
  mode: "EXERCISE" | "REAL" | "SIMULATED" | "TEST";
  engine_version: string;
  t_now_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_now_plus_s: number | null;  // seconds after the first lift-off; null: none is known
  counts: Counts;
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
  predictions: Prediction[];
  registration: Registration[];
  catalogue: CatalogueMet | null;
  partners: Partner[];
  joint: JointEvent[];
}

/** What came in. */
export interface Counts {
  scans: number;
  detections: number;
  quarantined: number;
}

/** What it is worth that no launch was seen. */
export interface NoLaunch {
  text: string;
  area: string | null;
  within_s: number;
  probabilities: Record<string, number>;
  sigmas: Record<string, number>;
  sensors_lost: string[];
  sensors_in_noise: string[];
}

/** One line of the timeline. */
export interface Finding {
  t_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_plus_s: number | null;  // seconds after the first lift-off; null: none is known
  t_declared_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_declared_plus_s: number | null;  // seconds after the first lift-off; null: none is known
  kind: string;
  object_id: string;
  text: string;
  data: Record<string, unknown>;
}

/** What is believed about one object. */
export interface TrackedObject {
  id: string;
  class: string;
  probabilities: Record<string, number>;
  phase: string;  // boost, coast, re-entry, orbit, lost
  apogee_km: number | null;
  apogee_90_km: [number, number] | null;
  launch: Launch | null;
  burnout: Burnout | null;
  impact: Impact | null;
  impact_areas: Area[];
  state: ObjectState | null;
  sensors: string[];
  quality: string[];  // marks, worst first
  reasons_for: string[];
  reasons_against: string[];
}

/** Where, when and which way an object left the ground. */
export interface Launch {
  lat_deg: number;
  lon_deg: number;
  t_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_plus_s: number | null;  // seconds after the first lift-off; null: none is known
  t_90_plus_s: [number | null, number | null];
  azimuth_deg: number | null;
  azimuth_90_deg: [number, number] | null;
  is_near_vertical: boolean;
  areas: Area[];
}

/** A nested area; corners as latitudes and longitudes, the first not said again. */
export interface Area {
  probability: number;  // 0.5, 0.9 or 0.99
  shape: string;  // polygon, or ring: a band round the pad
  lat_deg: number[];
  lon_deg: number[];
  area_km2: number;
}

/** The end of thrust; the fields that are known. */
export interface Burnout {
  t_utc?: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_plus_s?: number | null;  // seconds after the first lift-off; null: none is known
  t_sigma_s?: number;
  lat_deg?: number;
  lon_deg?: number;
  altitude_km?: number;
  altitude_sigma_km?: number;
  speed_itrf_mps?: number;
  speed_sigma_mps?: number;
  burns?: number;
}

/** Where and when an object comes down; conditional: if thrust stopped now. */
export interface Impact {
  lat_deg: number;
  lon_deg: number;
  t_90_utc: [string | null, string | null];
  t_90_plus_s: [number | null, number | null];
  downrange_90_km: [number, number] | null;
  is_conditional: boolean;
}

/** A state, and the place below it. Telemetry and orbits have fields of their own beside these. */
export interface ObjectState {
  t_utc?: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_plus_s?: number | null;  // seconds after the first lift-off; null: none is known
  t_tai_ns?: number;
  lat_deg?: number;
  lon_deg?: number;
  altitude_km?: number;
  position_itrf_m?: [number, number, number];
  velocity_itrf_mps?: [number, number, number];
  covariance_itrf?: number[][];  // 6 by 6, metres and seconds
  speed_mps?: number;
  flight_path_angle_deg?: number;
  specific_force_mps2?: number;
  downrange_km?: number;
  frame?: string;
  position_gcrf_m?: number[];
  velocity_gcrf_mps?: number[];
  covariance_gcrf?: number[][];
  position_teme_m?: number[];
  velocity_teme_mps?: number[];
  covariance_teme?: number[][];
  [more: string]: unknown;
}

/** What the engine proposes to say; the desk's alert of the same object is what people act on. */
export interface PictureAlert {
  id: string;
  kind: string;
  object_id: string;
  evidence: "candidate" | "confirmed" | "correlated" | "passed" | "withdrawn";
  message: "cancelled" | "expired" | "none" | "proposed" | "released" | "updated";
  t_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_plus_s: number | null;  // seconds after the first lift-off; null: none is known
  text: string;
  phenomena: string[];
  reasons_for: string[];
  reasons_against: string[];
}

/** Something that is assessed, with everything it may be, most probable first. */
export interface Candidate {
  id: string;
  subject: string;  // object, noise, silence or message
  object_id: string | null;
  sensors: string[];
  t_first_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_first_plus_s: number | null;  // seconds after the first lift-off; null: none is known
  t_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_plus_s: number | null;  // seconds after the first lift-off; null: none is known
  evidence: "candidate" | "confirmed" | "correlated" | "passed" | "withdrawn";
  explanations: Explanation[];
  notices: string[];
  marks: string[];
}

/** One thing that it may be. */
export interface Explanation {
  name: string;
  probability: number;
  reasons_for: string[];
  reasons_against: string[];
}

/** Launches that belong together. */
export interface Raid {
  id: string;
  objects: string[];
  count: number;
  count_90: [number, number];
  mix: Record<string, MixCount>;
  t_first_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_first_plus_s: number | null;  // seconds after the first lift-off; null: none is known
  t_last_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_last_plus_s: number | null;  // seconds after the first lift-off; null: none is known
}

/** How many of a kind. */
export interface MixCount {
  count: number;
  count_90: [number, number];
}

/** How one sensor is. */
export interface SensorHealth {
  id: string;
  condition: "degraded" | "ok" | "silent";
  since_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  noise_rise_db: number;
  strobes: Strobe[];
  causes: Record<string, number>;
  text: string;
}

/** A direction from which a sensor hears noise. */
export interface Strobe {
  azimuth_deg: number;
  azimuth_sigma_deg: number;
  elevation_deg: number | null;
  noise_rise_db: number;
  since_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  causes: Record<string, number>;  // probabilities, most likely first
}

/** Objects too close together to be told apart. */
export interface Group {
  id: string;
  t_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  count: number;
  count_sigma: number;
  count_90: [number, number];
  lat_deg: number;
  lon_deg: number;
  altitude_km: number;
  middle_sigma_km: number;
  spread_km: number[];
  velocity_itrf_mps: number[];
  sensors: string[];
}

/** A place that noise comes from. */
export interface NoiseSource {
  id: string;
  t_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  lat_deg: number;
  lon_deg: number;
  height_km: number;
  level_sigma_km: number;
  position_itrf_m: number[];
  position_cov_itrf_m2: number[][];
  sensors: string[];
  probability: number;
}

/** A sensor as a source: how late and how evenly its reports come, and what is known of its clock. */
export interface Source {
  sensor_id: string;
  scans: number;
  t_heard_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  delay_s: number | null;
  jitter_s: number | null;
  clock_steps: number;
  last_step_s: number | null;
  t_last_step_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  is_clock_valid: boolean | null;
  is_released: boolean | null;
  is_overloaded: boolean | null;
  rotation_s: number | null;
  doubts: string[];
}

/** Altitude and speed at an instant. */
export interface Prediction {
  object_id: string;
  t_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_plus_s: number | null;  // seconds after the first lift-off; null: none is known
  altitude_km: number;
  altitude_90_km: [number, number];
  altitude_99_km: [number, number];
  speed_mps: number;
  speed_90_mps: [number, number];
  speed_99_mps: [number, number];
}

/** What is known of a sensor's constant errors. */
export interface Registration {
  sensor_id: string;
  state: string;  // unheard, learning, established, alarm
  looks: number;
  biases: Bias[];
  alarms: string[];
  untold: string[];
  text: string;
}

/** One constant error: what the sensor reads too much, in the unit that the term ends in. */
export interface Bias {
  term: string;
  value: number;
  sigma: number;
  prior_sigma: number;
  established_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
}

/** The catalogue that looks are held against, and who was met. */
export interface CatalogueMet {
  source: string;
  sha256: string;
  objects: number;
  detections_named: number;
  detections_new: number;
  met: CatalogueMember[];
}

/** A known object that the watch has met. */
export interface CatalogueMember {
  id: number;
  name: string;
  looks: number;
  probability: number;
  together_with: string[];
  sensors: string[];
  t_first_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_last_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  age_days: number;
}

/** Another owner as far as heard. */
export interface Partner {
  owner: string;
  link: "down" | "late" | "refused" | "suspended" | "up";
  t_heard_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  messages: number;
  tracks: number;
  events: number;
  is_believed: boolean;  // false: what it says is shown, and counts for nothing
  doubts: string[];  // names of what was found wrong with what it said
  working: Record<string, number>;  // its sensors by kind, as far as it tells
  degraded: Record<string, number>;
  silent: Record<string, number>;
  coverage: Record<string, number>;  // chance that a launch from a region would be seen
  text: string;
}

/** An event with every owner's view side by side, and what they come to together. */
export interface JointEvent {
  id: string;
  kind: string;
  own: Side | null;
  partners: Side[];
  evidence: "candidate" | "confirmed" | "correlated" | "passed" | "withdrawn";
  phenomena: string[];  // a partner's are marked: radar (SOUTH)
  launch: Launch | null;
  impact: Impact | null;
  impact_areas: Area[];
  fused_from: string[];  // whose figures the areas are of: own, and owners
  disagreements: string[];  // a sentence for each point on which owners differ
  reasons_for: string[];
  reasons_against: string[];
  timing: "EXPIRED" | "LATE" | "on-time";
  may_sound: boolean;  // false: past or withdrawn, nothing need call anybody
  t_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  text: string;
}

/** What one owner makes of an event; owner null: ourselves. */
export interface Side {
  owner: string | null;
  event_id: string;
  revision: number;
  evidence: "candidate" | "confirmed" | "correlated" | "passed" | "withdrawn";
  phenomena: string[];
  p_launch: number | null;  // probability of a launch; null: withheld
  launch: Launch | null;
  impact: Impact | null;
  impact_areas: Area[];
  count: number | null;
  message: "cancelled" | "expired" | "none" | "proposed" | "released" | "updated";  // what that owner's people have said; it releases nothing here
  timing: "EXPIRED" | "LATE" | "on-time";
  t_said_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_heard_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  doubts: string[];
  is_counted: boolean;  // the joint assessment rests on it, too
  is_track: boolean;  // its owner tells a track of it, and no event
  text: string;
}

/** One alert at the desk, whole. */
export interface DeskAlert {
  id: string;
  event_id: string;
  mode: "EXERCISE" | "REAL" | "SIMULATED" | "TEST";
  kind: string;
  object_ids: string[];
  evidence: "candidate" | "confirmed" | "correlated" | "passed" | "withdrawn";
  message: "cancelled" | "expired" | "none" | "proposed" | "released" | "updated";
  attention: Record<string, string>;
  attended: Record<string, Attended>;
  revision: string;
  revisions: number;
  sequence: number;
  proposed_utc: string;
  valid_until_utc: string;
  waits_for_second: string | null;
  approval: Approval | null;
  duties: Duty[];
  explanations: Explanation[];
  reasons_for: string[];
  reasons_against: string[];
  marks: string[];
  track_age_s: number | null;
  impact_areas: Area[];
  areas: AreaTold[];
  areas_added: string[];
  areas_dropped: string[];
  rests_on: RestsOn;
  messages: SentMessage[];
}

/** What somebody last did about an alert. */
export interface Attended {
  attention: "acknowledged" | "new" | "shelved" | "started";
  t_utc: string;
  until_utc: string | null;
  reason: string | null;
}

/** The first of two people: what they saw, and until when it holds. */
export interface Approval {
  account: string;
  revision: string;
  t_utc: string;
  until_utc: string;
}

/** What somebody must still do. */
export interface Duty {
  act: string;
  role: string;
  due_utc: string;
  is_late: boolean;
  escalate_to: string;
}

/** A named area: what may happen there, how probably, and how many seconds its people have. */
export interface AreaTold {
  name: string;
  level: "all-clear" | "be-informed" | "be-ready" | "take-shelter";
  what: string;  // impact or overflight
  probability: number;
  seconds: number | null;  // to take shelter; negative: too late
}

/** The journal and its entries that hold the looks behind an alert. */
export interface RestsOn {
  journal: string;
  is_there: boolean;
  journal_link: string;
  up_to_entry: number;
  entries: number[];
  object: string;
  policy: string;
  engine: string;
  sensors: RestsOnSensor[];
  explain: string;
}

/** What one sensor contributed. */
export interface RestsOnSensor {
  sensor_id: string;
  phenomenon: string | null;
  looks: number;
  first_utc: string | null;
  last_utc: string | null;
}

/** One message that was decided. */
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
  channels: ChannelTold[];
}

/** How a message stands on a channel. */
export interface ChannelTold {
  channel: string;
  state: string;
  tries: number;
  told_utc: string | null;
  seconds: number | null;
  receipt: string | null;
  trouble: string | null;
}

/** The newest record of the desk's audit log. */
export interface AuditTail {
  seq: number;
  hash: string;
}

/** One notice on the wire; the fields are those of `reports.Notice`. */
export interface Notice {
  id: string;
  kind: "pre-launch" | "postponement" | "post-launch" | "cancellation" | "de-orbit" | "disturbance" | "accident" | "exercise" | "border-activity" | "naval-entry" | "joint-patrol" | "query" | "reply";
  party: string;
  mode: "REAL" | "EXERCISE" | "TEST" | "SIMULATED";
  issued_utc: string;
  received_utc?: string;
  instrument?: string;
  version?: number;
  about?: string;
  class_name?: string;
  count?: number;
  grouping?: "single" | "simultaneous" | "near-simultaneous";
  windows?: WindowWire[];
  planned_utc?: string;
  launch_areas?: AreaWire[];
  hazard_areas?: AreaWire[];
  azimuth_deg?: [number, number];
  direction?: string;
  orbit?: Record<string, number>;
  launched?: boolean | null;
  actual_utc?: string;
  anomaly?: boolean;
  question?: string;
  answer?: string;
  deadline_utc?: string;
  links?: string[];
  releasable_to?: string[];
  language?: string;
  text?: string;
}

/** From when to when, UTC. */
export interface WindowWire {
  from_utc: string;
  to_utc: string;
}

/** One of: `polygon_deg` (latitude, longitude corners), `lat_deg` and `lon_deg` with or without `radius_km`, or `quadrant` such as "Pacific NW". */
export interface AreaWire {
  role?: string;
  polygon_deg?: [number, number][];
  lat_deg?: number;
  lon_deg?: number;
  radius_km?: number;
  quadrant?: string;
  name?: string;
  window?: WindowWire;
}

/** What changed since the frame before; an absent key is unchanged. Rows replace those of the same name in place, or are added at the end; `*_gone` names rows that are no more, `*_order` all names when the order is another. `events_plus_s` holds t_plus_s and t_declared_plus_s of every earlier event when the zero of the seconds has moved; `events` are added after it. */
export interface UpdateFrame {
  type: "update";
  seq: number;  // number of the frame; grows, from the milliseconds of the server's start
  entry: number;  // the journal's newest entry that the frame knows of
  t_now_utc: string | null;  // UTC such as 2031-04-01T12:00:00.000Z; null: the feed never said when it was
  t_now_plus_s: number | null;  // seconds after the first lift-off; null: none is known
  counts: Counts;
  events_plus_s?: ([number | null, number | null])[];
  events?: Finding[];
  objects?: TrackedObject[];
  objects_gone?: string[];
  objects_order?: string[];
  alerts?: PictureAlert[];
  alerts_gone?: string[];
  alerts_order?: string[];
  candidates?: Candidate[];
  candidates_gone?: string[];
  candidates_order?: string[];
  sensors?: SensorHealth[];
  sensors_gone?: string[];
  sensors_order?: string[];
  sources?: Source[];
  sources_gone?: string[];
  sources_order?: string[];
  registration?: Registration[];
  registration_gone?: string[];
  registration_order?: string[];
  raids?: Raid[];
  groups?: Group[];
  noise_sources?: NoiseSource[];
  predictions?: Prediction[];
  no_launch?: NoLaunch | null;
  catalogue?: CatalogueChange | null;
  partners?: Partner[];
  joint?: JointEvent[];
}

/** The catalogue: whole (no `is_whole`), or its counts and whom else it met (`is_whole` false). */
export interface CatalogueChange {
  source: string;
  sha256: string;
  objects: number;
  detections_named: number;
  detections_new: number;
  is_whole?: boolean;
  met?: CatalogueMember[];
  met_gone?: number[];
  met_order?: number[];
}

/** Alerts at the desk that changed, whoever acted; said again to a client that fell behind. */
export interface DeskFrame {
  type: "desk";
  seq: number;  // number of the frame; grows, from the milliseconds of the server's start
  alerts: DeskAlert[];
  audit_tail: AuditTail | null;
}

/** Once a second, however far behind a client is. */
export interface HeartbeatFrame {
  type: "heartbeat";
  t_server_utc: string;
  worker: Worker;
  readers: number;
  recording: boolean;
}

/** How the watch itself is; in a `review` nothing is watched. Stale: neither running, paused, ended nor a review, or `last_frame_age_s` > 3 (alive, but busy). */
export interface Worker {
  state: "dead" | "ended" | "paused" | "review" | "running" | "starting";
  last_frame_age_s: number;  // since the watch last went on; small also in a quiet hour
  backlog_s: number;  // how far it lags behind what it is fed
  doing?: "journal" | "kernels";  // before it watches
  caught?: [number, number];  // steps of `doing`, of how many
  sentence?: string;  // why it cannot go on
}

/** What was wrong with a client's frame (RFC 9457); the socket stays open. */
export interface ProblemFrame {
  type: "problem";
  title: string;
  status: number;
  detail: string;
}

export type ServerFrame = SnapshotFrame | UpdateFrame | DeskFrame | HeartbeatFrame | ProblemFrame;
export type Mode = Picture["mode"];
export type Evidence = Candidate["evidence"];
export type Message = DeskAlert["message"];
export type Interval = [number, number];

/** Little-endian: u32 magic 0x54444556 (VEDT), u16 version 1, u16 kind (1 catalogue, 2 tracks), u32 count, u32 reserved, f64 t_tai_s (TAI seconds since 1970-01-01T00:00:00 TAI), f64 t_utc_unix_s; then count u32 (catalogue: index; tracks of a crowd: the low 32 bits of what the id spells after its T, five bits a letter, A-Z 2-7), count x 3 f32 position_itrf_m, count x 3 f32 velocity_itrf_mps. */
export const BINARY_MAGIC = 0x54444556;
