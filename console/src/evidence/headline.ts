/** The first sentences of the drawer: what it is, how surely, on what it rests, where and when it comes down, announced or not. */
import { chance, grouped } from "../explanations/causes";
import { hms, msOf, place, quantity, span } from "../lib/format";
import { named, t } from "../lib/i18n";
import type { Candidate, JointEvent, TrackedObject } from "../lib/model";

/** Sentences for one object or candidate at an instant of the picture's clock, and for what partners make of it too. */
export function headline(object: TrackedObject | null, candidate: Candidate | null, t_now_ms: number | null, joint: JointEvent | null = null): string[] {
  const out: string[] = [];
  const first = candidate?.explanations[0];
  const sensors = (candidate?.sensors.length ? candidate.sensors : (object?.sensors ?? [])).join(", ") || t("evidence.head.nothing");
  if (first) {
    const what = named("class", first.name);
    const key = candidate && candidate.subject !== "object" ? "evidence.head.subject" : "evidence.head.is";
    out.push(t(key, { what, p: chance(first.probability), sensors, subject: t(`evidence.subject.${candidate?.subject ?? "object"}`) }));
    const isOursOnly = joint !== null && (candidate!.evidence === "correlated" || candidate!.evidence === "confirmed");
    out.push(t(`evidence.head.${isOursOnly ? "own" : "state"}.${candidate!.evidence}`));
    if (joint) {
      const owners = joint.partners.map((one) => one.owner).join(", ");
      out.push(t("evidence.head.together", { owners, evidence: named("evidence", joint.evidence), phenomena: joint.phenomena.join(", ") || "–" }));
    }
    const sums = grouped(candidate!.explanations);
    const nature = sums.filter((one) => one.group === "nature" || one.group === "fault").reduce((sum, one) => sum + one.probability, 0);
    out.push(t("evidence.head.nature", { p: chance(nature) }));
  } else if (object) {
    const p = object.probabilities[object.class] ?? null;
    out.push(t("evidence.head.is", { what: named("class", object.class), p: p === null ? "–" : chance(p), sensors }));
  }
  const impact = object?.impact;
  if (impact) {
    const [from, to] = [msOf(impact.t_90_utc[0]), msOf(impact.t_90_utc[1])];
    const area = object.impact_areas.find((one) => one.probability === 0.9)?.area_km2;
    const values = {
      place: place(impact.lat_deg, impact.lon_deg),
      from: hms(from),
      to: hms(to),
      area: area === undefined ? "–" : quantity(area, "km²", area < 10 ? 1 : 0),
      left: from !== null && t_now_ms !== null ? span((from - t_now_ms) / 1000) : "–",
    };
    const isPast = to !== null && t_now_ms !== null && to < t_now_ms;
    out.push(t(isPast ? "evidence.head.fell" : impact.is_conditional ? "evidence.head.wouldFall" : "evidence.head.falls", values));
  }
  if (candidate) {
    out.push(candidate.notices.length ? t("evidence.head.announced", { notices: candidate.notices.join(", ") }) : t("evidence.head.unannounced"));
  }
  return out;
}
