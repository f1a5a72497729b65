/** The duty desk's questions: links, words between desks, the log; asked again while the panel is open. */
import { post } from "../lib/api";
import { Asked } from "../panels/asked.svelte";

export interface Lane {
  told: number;
  taken: number;
  waiting: number;
  heard: number;
  incoming: number;
}
export interface LinkRow {
  peer: string;
  owner: string;
  node: string;
  state: string;
  is_suspended: boolean;
  grants: boolean;
  heard_age_s?: number | null;
  round_trip_s?: number | null;
  trouble?: string;
  lanes?: Record<string, Lane>;
}
/** The services of one owner, as this one sees them. */
export interface Services {
  service: string;
  has_lease: boolean;
  track_count: number;
  members: { name: string; state: string; reports: number; heard_age_s: number | null; trouble: string }[];
  tracks: { number: string; by: string; name: string }[];
  conflicts: { number: string; text: string }[];
  news: { t_posix_s: number; kind: string; text: string }[];
}
/** Who acts for the node, and who stands by. */
export interface Acting {
  who: string;
  token: number;
  standing_by: { who: string; entries_read: number }[];
}
export interface Standing {
  node: {
    node: string;
    owner: string;
    is_running: boolean;
    recording: boolean | null;
    peers: LinkRow[];
    services?: Services | null;
    acting?: Acting | null;
  } | null;
}
export interface Screening {
  km?: number;
  objects?: number;
  events: { name?: string; miss_km?: number; tca_utc?: string }[];
}
export interface Word {
  id: string;
  about: string;
  kind: string;
  peer: string;
  is_ours: boolean;
  by: string;
  t_utc: string;
  text: string;
  due_in_s: number | null;
  answer: string;
  state: string;
  fate: string;
  document_says: string;
  screenings: { ours: Screening | null; theirs: Screening | null } | null;
}
export interface LogRow {
  number: number;
  direction: "sent" | "received";
  link: string;
  lane: string;
  sequence: number | null;
  digest: string;
  t_utc: string;
  events: string[];
  released: { name: string; kind: string; told_as: string; is_released: boolean; why: string }[];
  heard: Record<string, number>;
  text: string;
}

export const standing = new Asked<Standing>();
export const words = new Asked<{ words: Word[] }>();
export const log = new Asked<{ log: LogRow[] }>();

/** Ask for everything; what the node does not have is not asked for. */
export async function askAll(): Promise<void> {
  await standing.ask("partners");
  if (standing.answer?.node) await Promise.all([words.ask("partners/words"), log.ask("partners/log", { most: 60 })]);
}

/** What an event of the log was about, in few words. */
export function inside(row: LogRow): string {
  if (row.direction === "received") {
    const said = Object.entries(row.heard).map(([name, n]) => `${n} × ${name}`);
    return [...said, row.text].filter(Boolean).join(", ") || "–";
  }
  const told = row.released.filter((one) => one.is_released).map((one) => one.told_as || one.name);
  const kept = row.released.filter((one) => !one.is_released).length;
  return [told.join(", "), kept ? `${kept} withheld` : ""].filter(Boolean).join("; ") || "–";
}

export const waitsForUs = (all: Word[]): Word[] => all.filter((one) => one.state === "to answer" || one.state === "late");

export const ask = (peer: string, text: string, kind: string, due_min: number) => post("partners/words", { peer, text, kind, due_min });
export const answer = (id: string, text: string, said: string) => post(`partners/words/${encodeURIComponent(id)}/answer`, { text, answer: said });
