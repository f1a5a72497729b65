/** Evidence and states as a shape and a colour together, so that neither is needed to read the other. */
export { default as Rank } from "./Rank.svelte";

const CLASSES: Record<string, string> = {
  confirmed: "critical", correlated: "serious", candidate: "caution", withdrawn: "off", passed: "off",
  ok: "normal", degraded: "serious", silent: "critical",
  matched: "normal", open: "standby", expected: "standby", "matched-deviating": "serious", excess: "critical", overdue: "caution",
  "not-flown": "off", done: "off",
  established: "normal", learning: "standby", unheard: "off", alarm: "serious",
};

/** The colour class of a state. */
export const rankClass = (state: string): string => `rank ${CLASSES[state] ?? "off"}`;
/** The shape of a state: the more pressing, the more corners. */
export function shapeOf(state: string): "diamond" | "triangle" | "square" | "circle" | "ring" {
  const shapes = { critical: "diamond", serious: "triangle", caution: "square", normal: "circle", standby: "ring", off: "ring" } as const;
  return shapes[(CLASSES[state] ?? "off") as keyof typeof shapes];
}
