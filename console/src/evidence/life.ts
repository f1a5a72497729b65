/** The life of an alert as a list of acts: who did what when, on which revision, and what became of it. */
import type { DeskAlert } from "../lib/model";
import { msOf } from "../lib/format";

export interface Act {
  t_utc: string | null;
  what: string; // proposed, acknowledged, started, shelved, approved, alert, update, cancel, told, ...
  who: string[];
  revision: string | null;
  note: string | null;
  /** Where a message stands on a channel. */
  channels: { channel: string; state: string; told_utc: string | null; receipt: string | null; trouble: string | null; tries: number }[];
}

/** One row of the audit log, of which names may be told in several ways. */
export interface AuditRow {
  seq?: number;
  t_utc?: string | null;
  account?: string | null;
  who?: string | null;
  act?: string;
  kind?: string;
  revision?: string | null;
  reason?: string | null;
  text?: string | null;
}

/** Acts in order; what the audit log says, else what the alert itself remembers of its newest acts. */
export function lifeOf(alert: DeskAlert & { audit?: AuditRow[] }): Act[] {
  const out: Act[] = [];
  const nobody = { who: [] as string[], revision: null, note: null, channels: [] as Act["channels"] };
  if (alert.audit?.length) {
    for (const row of alert.audit) {
      const who = row.account ?? row.who;
      out.push({ ...nobody, t_utc: row.t_utc ?? null, what: row.act ?? row.kind ?? "", who: who ? [who] : [], revision: row.revision ?? null, note: row.reason ?? row.text ?? null });
    }
  } else {
    out.push({ ...nobody, t_utc: alert.proposed_utc, what: "proposed", revision: alert.revision });
    for (const [account, how] of Object.entries(alert.attended ?? {})) {
      out.push({ ...nobody, t_utc: how.t_utc ?? null, what: how.attention, who: [account], note: how.reason ?? null });
    }
    for (const [account, attention] of Object.entries(alert.attention)) {
      if (!alert.attended?.[account] && attention !== "new") out.push({ ...nobody, t_utc: null, what: attention, who: [account] });
    }
    if (alert.approval) {
      out.push({ ...nobody, t_utc: alert.approval.t_utc, what: "approved", who: [alert.approval.account], revision: alert.approval.revision });
    }
  }
  for (const message of alert.messages ?? []) {
    out.push({
      t_utc: message.sent_utc, what: message.type.toLowerCase(), who: message.released_by, revision: message.revision, note: message.cancel_reason,
      channels: message.channels,
    });
  }
  return out
    .map((act, i) => ({ act, i, t: msOf(act.t_utc) }))
    .sort((a, b) => (a.t ?? Infinity) - (b.t ?? Infinity) || a.i - b.i)
    .map((one) => one.act);
}
