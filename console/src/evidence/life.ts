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

/** One record of the audit log, as `vedette audit list --json` spells it. */
export interface AuditRow {
  record?: number;
  t_utc?: string | null;
  what: string; // proposed, approved, sent, attended, refused, noted, escalated
  revision?: string | null;
  people?: { account: string }[];
  words?: string;
}

const ATTENTION = /^(acknowledged|started|shelved|new)/;

/** Acts in order; what the audit log says, else what the alert itself remembers of its newest acts. */
export function lifeOf(alert: DeskAlert & { audit?: AuditRow[] }): Act[] {
  const out: Act[] = [];
  const nobody = { who: [] as string[], revision: null, note: null, channels: [] as Act["channels"] };
  if (alert.audit?.length) {
    let proposals = 0;
    alert.audit.forEach((row, i, rows) => {
      if (row.what === "sent" && alert.messages?.length) return; // told below, with whom it reached
      if (row.what === "proposed") {
        proposals += 1;
        const isLast = rows[i + 1]?.what !== "proposed";
        if (proposals > 1 && !isLast) return; // of a run of revisions the first and the last
      }
      const attention = row.what === "attended" ? (ATTENTION.exec(row.words ?? "")?.[1] ?? row.what) : row.what;
      const isPlain = ["proposed", "approved", "attended"].includes(row.what);
      out.push({
        ...nobody, t_utc: row.t_utc ?? null, what: attention, who: (row.people ?? []).map((one) => one.account), revision: row.revision ?? null,
        note: row.what === "proposed" && proposals > 1 ? `${proposals}` : isPlain ? null : (row.words ?? null),
      });
    });
  } else {
    out.push({ ...nobody, t_utc: alert.proposed_utc, what: "proposed", revision: alert.revision });
    for (const [account, how] of Object.entries(alert.attended ?? {})) {
      out.push({ ...nobody, t_utc: how.t_utc ?? null, what: how.attention, who: [account], note: how.reason ?? null });
    }
    for (const [account, attention] of Object.entries(alert.attention)) {
      if (!alert.attended?.[account] && attention !== "new") out.push({ ...nobody, t_utc: null, what: attention, who: [account] });
    }
    if (alert.approval) {
      out.push({ ...nobody, t_utc: alert.approval.t_utc ?? null, what: "approved", who: [alert.approval.account], revision: alert.approval.revision });
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
