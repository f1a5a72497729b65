/** Which panels are open: the layout's own state, kept in the address (see `url.ts`). */

export const LAYOUTS = ["watch", "board", "map", "tracks", "notices", "health", "honesty", "explanations", "partners"] as const;
export type Layout = (typeof LAYOUTS)[number];
export const DOCKS = ["tracks", "notices", "health", "honesty", "explanations", "partners"] as const;
export type Dock = (typeof DOCKS)[number];
export type Projection = "map" | "globe";

class View {
  layout = $state<Layout>("watch");
  projection = $state<Projection>("map");
  dock = $state<Dock>("tracks");
  isDockOpen = $state(true);
  isDrawerOpen = $state(true);
  /** `lite` for slow graphics, `off` for none at all. */
  graphics = $state<"auto" | "lite" | "off">("auto");
  dialog = $state<null | "palette" | "help" | "login" | "cancel" | "release" | "shelve" | "sound" | "afterwards" | "journals">(null);
}

export const view = new View();
