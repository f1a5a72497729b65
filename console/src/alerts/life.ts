/**
 * What the board shows of an alert, and where: pure functions of the desk's document and the picture.
 *
 * An alert stands in one column: the machine's word (withdrawn, passed), what was said to people (released, cancelled)
 * and how people stand to it (acknowledged, started) are three things; the board shows the one that asks for most.
 */
import { msOf } from "../lib/format";
import type { DeskAlert, JointEvent, Picture, SentMessage, TrackedObject } from "../lib/model";

export const COLUMNS = ["new", "acknowledged", "progress", "released", "over"] as const;
export type Column = (typeof COLUMNS)[number];
export const SEVERITIES = ["critical", "serious", "caution", "standby", "off"] as const;
export type Severity = (typeof SEVERITIES)[number];

const CLOSED = new Set(["withdrawn", "passed"]);

/** The messages that went out and were not taken back. */
export function standing(alert: DeskAlert): SentMessage[] {
  const messages = alert.messages;
  const last = messages.findLastIndex((one) => one.type === "Cancel");
  return messages.slice(last + 1);
}

export const isOut = (alert: DeskAlert): boolean =>
  alert.message === "released" || alert.message === "updated" || standing(alert).length > 0;

const stands = (alert: DeskAlert, ...words: string[]): boolean =>
  Object.values(alert.attention).some((one) => words.includes(one));

/** Who has put it aside, when it was this person (or, for nobody in particular, anybody). */
export function isShelved(alert: DeskAlert, account: string | null): boolean {
  if (account) return alert.attention[account] === "shelved";
  const values = Object.values(alert.attention);
  return values.length > 0 && values.every((one) => one === "shelved");
}

export const isAcknowledged = (alert: DeskAlert): boolean => stands(alert, "acknowledged", "started");

export function columnOf(alert: DeskAlert): Column {
  if (alert.message === "cancelled" || alert.message === "expired") return "over";
  if (isOut(alert)) return "released";
  if (CLOSED.has(alert.evidence)) return "over";
  if (alert.waits_for_second !== null || stands(alert, "started")) return "progress";
  return isAcknowledged(alert) ? "acknowledged" : "new";
}

/** How much it asks for: by evidence, by whether it comes down on somebody, and by whether something wrong still stands. */
export function severityOf(alert: DeskAlert): Severity {
  const isWrong = CLOSED.has(alert.evidence) && alert.evidence === "withdrawn" && isOut(alert);
  if (isWrong) return "critical"; // people were told what is no longer believed
  if (columnOf(alert) === "over") return "off";
  const isDanger = alert.areas.some((one) => one.level === "take-shelter");
  if (alert.evidence === "confirmed") return isDanger || alert.kind === "impact" ? "critical" : "serious";
  if (alert.evidence === "correlated") return isDanger || alert.kind === "impact" ? "serious" : "caution";
  return alert.evidence === "candidate" ? "standby" : "off";
}

export const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

export interface Interval {
  from_ms: number;
  to_ms: number;
}

/** When it comes down, 90 %; the earliest of an alert's objects. */
export function impactOf(alert: DeskAlert, objects: ReadonlyMap<string, TrackedObject>): Interval | null {
  let first: Interval | null = null;
  for (const id of alert.object_ids) {
    const impact = objects.get(id)?.impact;
    if (!impact || impact.is_conditional) continue;
    const [from_ms, to_ms] = [msOf(impact.t_90_utc[0]), msOf(impact.t_90_utc[1])];
    if (from_ms === null || to_ms === null) continue;
    if (first === null || from_ms < first.from_ms) first = { from_ms, to_ms };
  }
  return first;
}

/** Seconds that are left to take shelter: what was told, less what has passed since by the desk's clock. */
export function shelterLeft_s(seconds: number | null, t_told_ms: number | null, t_now_ms: number): number | null {
  if (seconds === null) return null;
  return t_told_ms === null ? seconds : seconds - Math.max(0, t_now_ms - t_told_ms) / 1000;
}

export interface AlertGroup {
  id: string; // a raid's, or an event's
  raid: Picture["raids"][number] | null;
  alerts: DeskAlert[]; // worst first
  severity: Severity;
}

/** Alerts by event: those of one raid together, so that forty sightings are one thing to act on. */
export function grouped(alerts: readonly DeskAlert[], picture: Picture | null): AlertGroup[] {
  const raidOf = new Map<string, Picture["raids"][number]>();
  for (const raid of picture?.raids ?? []) for (const id of raid.objects) raidOf.set(id, raid);
  const groups = new Map<string, AlertGroup>();
  for (const alert of alerts) {
    const raid = alert.object_ids.map((id) => raidOf.get(id)).find((one) => one !== undefined) ?? null;
    const id = raid ? `raid ${raid.id}` : alert.event_id || alert.id;
    const group = groups.get(id) ?? { id, raid, alerts: [], severity: "off" as Severity };
    group.alerts.push(alert);
    groups.set(id, group);
  }
  const all = [...groups.values()];
  for (const group of all) {
    group.alerts.sort(worstFirst);
    group.severity = severityOf(group.alerts[0]!);
  }
  return all.sort((a, b) => worstFirst(a.alerts[0]!, b.alerts[0]!));
}

/**
 * Worst first, then the later name first. Not by the time of the newest proposal: two launches that are proposed anew
 * every second would change places under the hand that is about to click.
 */
export function worstFirst(a: DeskAlert, b: DeskAlert): number {
  return rank(severityOf(a)) - rank(severityOf(b)) || b.id.localeCompare(a.id, "en", { numeric: true });
}

/** What an officer may do with it now, by what it is; who may is the server's to say. */
export interface Doable {
  acknowledge: boolean;
  shelve: boolean;
  unshelve: boolean;
  start: boolean;
  release: boolean;
  update: boolean;
  cancel: boolean;
}

export function doable(alert: DeskAlert, account: string | null): Doable {
  const mine = account ? alert.attention[account] : undefined;
  const column = columnOf(alert);
  const isOpen = column !== "over";
  const isFounded = alert.evidence === "correlated" || alert.evidence === "confirmed";
  const last = standing(alert).at(-1);
  const isNews = last === undefined || last.revision !== alert.revision;
  return {
    acknowledge: mine === undefined || mine === "new" || mine === "shelved",
    shelve: isOpen && mine !== "shelved",
    unshelve: mine === "shelved",
    start: isOpen && column !== "released" && mine !== "started",
    release: alert.message === "proposed" && isFounded && last === undefined,
    update: isOut(alert) && isNews && alert.evidence !== "candidate",
    cancel: standing(alert).length > 0,
  };
}

/** What a person who saw one revision has to look at again in another: words of the desk, `before` to `after`. */
export interface Difference {
  what: "evidence" | "kind" | "leading" | "areas" | "level";
  name: string; // of the area, for a level
  before: string;
  after: string;
}

export function differences(before: DeskAlert, after: DeskAlert): Difference[] {
  const found: Difference[] = [];
  const tell = (what: Difference["what"], from: string, to: string, name = "") => {
    if (from !== to) found.push({ what, name, before: from, after: to });
  };
  tell("evidence", before.evidence, after.evidence);
  tell("kind", before.kind, after.kind);
  tell("leading", before.explanations[0]?.name ?? "", after.explanations[0]?.name ?? "");
  const was = new Map(before.areas.map((one) => [one.name, one.level as string]));
  const is = new Map(after.areas.map((one) => [one.name, one.level as string]));
  for (const name of new Set([...was.keys(), ...is.keys()])) tell("level", was.get(name) ?? "", is.get(name) ?? "", name);
  return found;
}

/** The sentence at the top of the screen: how many, how sure, how soon. */
export interface Situation {
  waiting: number; // alerts that nobody has acknowledged
  confirmed: number; // by our own sensors
  together: number; // by ours and partners', and not by ours alone
  correlated: number; // by one phenomenon, whoever saw it
  out: number; // messages that stand
  soonest: Interval | null;
  worst: Severity;
}

/** What we and our partners make together of any of these objects; null while no partner speaks of it. */
export function jointOf(object_ids: readonly string[], picture: Picture | null): JointEvent | null {
  return picture?.joint?.find((one) => one.partners.length > 0 && one.own !== null && object_ids.includes(one.own.event_id)) ?? null;
}

export function situationOf(alerts: readonly DeskAlert[], picture: Picture | null): Situation {
  const objects = new Map((picture?.objects ?? []).map((one) => [one.id, one]));
  const open = alerts.filter((one) => columnOf(one) !== "over");
  const alone = open.filter((one) => one.evidence === "correlated");
  const isTogether = (one: DeskAlert) => jointOf(one.object_ids, picture)?.evidence === "confirmed";
  let soonest: Interval | null = null;
  for (const alert of open) {
    const impact = impactOf(alert, objects);
    if (impact && (soonest === null || impact.from_ms < soonest.from_ms)) soonest = impact;
  }
  return {
    waiting: open.filter((one) => columnOf(one) === "new").length,
    confirmed: open.filter((one) => one.evidence === "confirmed").length,
    together: alone.filter(isTogether).length,
    correlated: alone.filter((one) => !isTogether(one)).length,
    out: alerts.filter(isOut).length,
    soonest,
    worst: SEVERITIES[Math.min(...open.map((one) => rank(severityOf(one))), SEVERITIES.length - 1)]!,
  };
}

const NOWHERE: DeskAlert["rests_on"] = {
  journal: "",
  is_there: false,
  journal_link: "",
  up_to_entry: 0,
  entries: [],
  object: "",
  policy: "",
  engine: "",
  sensors: [],
  explain: "",
};

/** An alert of the past, where no desk of that time is told: what the machine proposed then, by object. */
export function deskOfPast(picture: Picture, desk: readonly DeskAlert[]): DeskAlert[] {
  const byObject = new Map<string, DeskAlert>();
  for (const one of desk) for (const id of one.object_ids) byObject.set(id, one);
  const found = new Map<string, DeskAlert>();
  for (const alert of picture.alerts) {
    const known = byObject.get(alert.object_id);
    const id = known?.id ?? alert.object_id;
    const before = found.get(id);
    found.set(id, {
      id,
      event_id: known?.event_id ?? alert.object_id,
      mode: picture.mode,
      kind: before?.kind === "impact" ? "impact" : alert.kind,
      object_ids: known?.object_ids ?? [alert.object_id],
      evidence: alert.evidence,
      message: "proposed",
      attention: {},
      revision: "",
      revisions: 0,
      sequence: 0,
      proposed_utc: alert.t_utc ?? "",
      valid_until_utc: "",
      waits_for_second: null,
      duties: [],
      attended: {},
      approval: null,
      explanations: picture.candidates.find((one) => one.object_id === alert.object_id)?.explanations ?? [],
      marks: [],
      track_age_s: null,
      impact_areas: [],
      areas: [],
      areas_added: [],
      areas_dropped: [],
      rests_on: NOWHERE,
      messages: [],
      reasons_for: alert.reasons_for,
      reasons_against: alert.reasons_against,
    });
  }
  return [...found.values()];
}
