/** What would be otherwise without a sensor, in words of the reader's language; the server's own words where it is new. */
import { quantity } from "../lib/format";
import { t } from "../lib/i18n";

export interface Difference {
  subject: "object" | "alert" | "incident";
  id: string;
  other_id: string;
  text: string;
  data: Record<string, number | string | null>;
}

export interface WhatIf {
  change: { without: string[]; without_notices: string[]; policy: string | null };
  as_it_is: { objects: { id: string }[]; alerts: unknown[] };
  as_asked: { objects: { id: string }[]; alerts: unknown[] };
  pairs: Record<string, string>;
  differences: Difference[];
}

/** One difference as a sentence, and whether it weakens the belief ("worse"), strengthens it, or neither. */
export function differenceWords(one: Difference): { text: string; mood: "worse" | "better" | "other" } {
  const { data } = one;
  const num = (name: string) => Number(data[name]);
  if ("later_s" in data) {
    const later = num("later_s");
    const [what, kind] = [String(data["what"] ?? ""), one.text.split(" ")[0] ?? ""];
    const subject = one.subject === "alert" ? t("evidence.whatif.alert", { kind: t(`evidence.kind.${kind}`) }) : t(`evidence.whatif.rung.${what}`);
    const key = later > 0 ? "evidence.whatif.later" : "evidence.whatif.earlier";
    return { text: t(key, { what: subject, s: Math.abs(later).toFixed(Math.abs(later) < 10 ? 1 : 0) }), mood: later > 0 ? "worse" : "better" };
  }
  if ("times" in data || "times_on_the_way" in data) {
    const times = "times" in data ? num("times") : num("times_on_the_way");
    const where = t("times" in data ? "evidence.whatif.end" : "evidence.whatif.way");
    const size = "times" in data ? ` (${km2(num("was_km2"))} → ${km2(num("area_90_km2"))})` : "";
    const key = times > 1 ? "evidence.whatif.larger" : "evidence.whatif.smaller";
    const told = (times > 1 ? times : 1 / times).toFixed(1);
    return { text: t(key, { times: told, where }) + size, mood: times > 1 ? "worse" : "better" };
  }
  if ("sensors" in data) {
    const rests = String(data["sensors"]);
    if (!rests || rests === "nothing") return { text: t("evidence.whatif.restsNothing"), mood: "worse" };
    return { text: t(rests.includes(",") ? "evidence.whatif.rests" : "evidence.whatif.restsAlone", { sensors: rests }), mood: "other" };
  }
  if ("rung" in data) {
    const isNever = one.text.startsWith("never");
    const key = isNever ? "evidence.whatif.never" : "evidence.whatif.afterAll";
    return { text: t(key, { what: t(`evidence.whatif.rung.${String(data["rung"])}`) }), mood: isNever ? "worse" : "better" };
  }
  if ("launch_moved_km" in data) return { text: t("evidence.whatif.launchMoved", { km: num("launch_moved_km").toFixed(1) }), mood: "other" };
  if ("impact_moved_km" in data) return { text: t("evidence.whatif.impactMoved", { km: num("impact_moved_km").toFixed(1) }), mood: "other" };
  const isLost = one.text.startsWith("is never found") || one.text.endsWith("never proposed") || one.text.startsWith("no ");
  return { text: one.text, mood: isLost ? "worse" : "other" };
}

const km2 = (value: number) => quantity(value, "km²", value < 100 ? 1 : 0);

/** Sentences about one object first, then those about the others, by the object that they are about. */
export function aboutObject(found: WhatIf, object_id: string): { mine: Difference[]; others: Difference[] } {
  const isMine = (one: Difference) =>
    one.subject === "object" ? one.id === object_id : one.subject === "alert" && one.id.startsWith(`${object_id}-`);
  return { mine: found.differences.filter(isMine), others: found.differences.filter((one) => !isMine(one)) };
}
