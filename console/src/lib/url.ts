/** The address holds view, time, selection and filters: a link hands over what is looked at. */
import { isoOf, msOf } from "./format";
import type { Filters, Selection, SelectionKind } from "./state.svelte";
import { type Dock, DOCKS, type Layout, LAYOUTS, type Projection } from "./view.svelte";

export interface Place {
  layout: Layout;
  projection: Projection;
  dock: Dock;
  graphics: "auto" | "lite" | "off";
  t_ms: number | null; // null: live
  journal: string | null; // null: the one written now
  speed: number;
  isPlaying: boolean;
  selection: Selection | null;
  filters: Filters;
}

export const HOME: Place = {
  layout: "watch",
  projection: "map",
  dock: "tracks",
  graphics: "auto",
  t_ms: null,
  journal: null,
  speed: 1,
  isPlaying: false,
  selection: null,
  filters: { text: "", classes: [], phases: [], isLostShown: true },
};

const KINDS: readonly string[] = ["alert", "object", "sensor", "notice"];
const one = <T extends string>(value: string | null, of: readonly T[], otherwise: T): T =>
  of.includes(value as T) ? (value as T) : otherwise;

/** `?layout=&view=&dock=&journal=&t=&sel=kind:id&q=&class=&phase=&lost=0`; what is as at home is left out. */
export function write(place: Place): string {
  const asked = new URLSearchParams();
  if (place.layout !== HOME.layout) asked.set("layout", place.layout);
  if (place.projection !== HOME.projection) asked.set("view", place.projection);
  if (place.dock !== HOME.dock) asked.set("dock", place.dock);
  if (place.graphics === "lite") asked.set("gfx", "lite");
  if (place.graphics === "off") asked.set("gl", "off");
  if (place.journal !== null) asked.set("journal", place.journal);
  if (place.t_ms !== null) asked.set("t", isoOf(place.t_ms));
  if (place.t_ms !== null && place.isPlaying) asked.set("speed", String(place.speed));
  if (place.selection) asked.set("sel", `${place.selection.kind}:${place.selection.id}`);
  if (place.filters.text) asked.set("q", place.filters.text);
  if (place.filters.classes.length) asked.set("class", place.filters.classes.join("~"));
  if (place.filters.phases.length) asked.set("phase", place.filters.phases.join("~"));
  if (!place.filters.isLostShown) asked.set("lost", "0");
  const words = asked.toString().replaceAll("%3A", ":");
  return words ? `?${words}` : "";
}

/** The place an address names; what it does not say, or says wrongly, is as at home. */
export function read(search: string): Place {
  const asked = new URLSearchParams(search);
  const list = (name: string) => asked.get(name)?.split("~").filter(Boolean) ?? [];
  const chosen = /^([a-z]+):(.+)$/.exec(asked.get("sel") ?? "");
  const speed = Number(asked.get("speed"));
  return {
    layout: one(asked.get("layout"), LAYOUTS, HOME.layout),
    projection: one(asked.get("view"), ["map", "globe"] as const, HOME.projection),
    dock: one(asked.get("dock"), DOCKS, HOME.dock),
    graphics: asked.get("gl") === "off" ? "off" : asked.get("gfx") === "lite" ? "lite" : "auto",
    t_ms: msOf(asked.get("t")),
    journal: asked.get("journal") || null,
    speed: speed > 0 && speed <= 1000 ? speed : 1,
    isPlaying: asked.has("speed") && speed > 0,
    selection: chosen && KINDS.includes(chosen[1]!) ? { kind: chosen[1] as SelectionKind, id: chosen[2]! } : null,
    filters: {
      text: asked.get("q") ?? "",
      classes: list("class"),
      phases: list("phase"),
      isLostShown: asked.get("lost") !== "0",
    },
  };
}
