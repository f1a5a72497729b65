import { describe, expect, it } from "vitest";
import type { DeskAlert } from "../lib/model";
import { type AuditRow, lifeOf } from "./life";

const alert = (more: Partial<DeskAlert> & { audit?: AuditRow[] }): DeskAlert & { audit?: AuditRow[] } =>
  ({
    id: "EXERCISE-1-O1", event_id: "E-1", mode: "EXERCISE", kind: "impact", object_ids: ["O1"], evidence: "confirmed", message: "released",
    attention: {}, revision: "abcdef", revisions: 3, sequence: 1, proposed_utc: "2031-04-01T12:01:00.000Z", valid_until_utc: "2031-04-01T12:20:00.000Z",
    waits_for_second: null, duties: [], ...more,
  }) as DeskAlert & { audit?: AuditRow[] };

const at = (s: number) => `2031-04-01T12:01:${String(s).padStart(2, "0")}.000Z`;
const message = {
  message_id: "m1", sequence: 1, type: "Alert", sent_utc: at(30), valid_until_utc: at(50), released_by: ["anna", "boris"], revision: "abcdef",
  supersedes: [], cancels: [], cancel_reason: null,
  channels: [{ channel: "folder", state: "told", tries: 1, told_utc: at(31), seconds: 1, receipt: "told/1.json", trouble: null }],
};

describe("lifeOf", () => {
  it("tells the audit log in order, a run of revisions by its first and last, messages with whom they reached", () => {
    const audit: AuditRow[] = [
      { t_utc: at(1), what: "proposed", revision: "r1" }, { t_utc: at(2), what: "proposed", revision: "r2" }, { t_utc: at(3), what: "proposed", revision: "r3" },
      { t_utc: at(10), what: "attended", people: [{ account: "carla" }], words: "acknowledged by carla" },
      { t_utc: at(20), what: "approved", revision: "r3", people: [{ account: "anna" }], words: "approved" },
      { t_utc: at(30), what: "sent", people: [{ account: "anna" }, { account: "boris" }], words: "Alert m1 sent" },
      { t_utc: at(40), what: "refused", people: [{ account: "dora" }], words: "refused release of dora: same account" },
    ];
    const acts = lifeOf(alert({ audit, messages: [message] }));
    expect(acts.map((one) => one.what)).toEqual(["proposed", "proposed", "acknowledged", "approved", "alert", "refused"]);
    expect(acts[1]!.note).toBe("3");
    expect(acts[4]!.who).toEqual(["anna", "boris"]);
    expect(acts[4]!.channels[0]!.receipt).toBe("told/1.json");
    expect(acts[5]!.note).toContain("same account");
  });
  it("without the log tells what the alert remembers", () => {
    const acts = lifeOf(alert({ attended: { carla: { attention: "acknowledged", t_utc: at(9), until_utc: null, reason: null } }, approval: { account: "anna", revision: "abcdef", t_utc: at(20) } as DeskAlert["approval"] }));
    expect(acts.map((one) => one.what)).toEqual(["proposed", "acknowledged", "approved"]);
    expect(acts.find((one) => one.what === "approved")!.who).toEqual(["anna"]);
    expect(acts.map((one) => one.t_utc)).toEqual([...acts.map((one) => one.t_utc)].sort());
  });
});
