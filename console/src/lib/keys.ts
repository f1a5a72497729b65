/**
 * One registry of keys. A feature binds what it does with `bind("alert.acknowledge", run)`; what the help shows and
 * what a test checks for conflicts is this table. Keys are off while somebody types, except those with Ctrl.
 */

export interface Shortcut {
  id: string; // also the key of its words: `keys.<id>`
  keys: readonly string[]; // as `combination` spells them
  group: "alerts" | "clock" | "view" | "general";
  isInPalette?: boolean; // default true
}

export const SHORTCUTS: readonly Shortcut[] = [
  { id: "alert.next", keys: ["j"], group: "alerts", isInPalette: false },
  { id: "alert.previous", keys: ["k"], group: "alerts", isInPalette: false },
  { id: "alert.acknowledge", keys: ["a"], group: "alerts" },
  { id: "alert.shelve", keys: ["s"], group: "alerts" },
  { id: "alert.start", keys: ["w"], group: "alerts" },
  { id: "alert.release", keys: ["r"], group: "alerts" },
  { id: "alert.cancel", keys: ["x"], group: "alerts" },
  { id: "alert.evidence", keys: ["e"], group: "alerts" },
  { id: "clock.toggle", keys: ["Space"], group: "clock" },
  { id: "clock.back", keys: [","], group: "clock" },
  { id: "clock.on", keys: ["."], group: "clock" },
  { id: "clock.slower", keys: ["["], group: "clock" },
  { id: "clock.faster", keys: ["]"], group: "clock" },
  { id: "clock.live", keys: ["l"], group: "clock" },
  { id: "clock.journals", keys: ["Shift+J"], group: "clock" },
  { id: "view.watch", keys: ["1"], group: "view" },
  { id: "view.board", keys: ["2"], group: "view" },
  { id: "view.map", keys: ["3"], group: "view" },
  { id: "view.tracks", keys: ["4"], group: "view" },
  { id: "view.notices", keys: ["5"], group: "view" },
  { id: "view.health", keys: ["6"], group: "view" },
  { id: "view.honesty", keys: ["7"], group: "view" },
  { id: "view.explanations", keys: ["8"], group: "view" },
  { id: "view.partners", keys: ["9"], group: "view" },
  { id: "view.globe", keys: ["g"], group: "view" },
  { id: "map.centre", keys: ["c"], group: "view" },
  { id: "map.whole", keys: ["0"], group: "view" },
  { id: "map.table", keys: ["Shift+T"], group: "view" },
  { id: "map.layers", keys: ["y"], group: "view" },
  { id: "view.theme", keys: ["t"], group: "view" },
  { id: "view.language", keys: ["Shift+L"], group: "view" },
  { id: "general.palette", keys: ["Ctrl+K"], group: "general", isInPalette: false },
  { id: "general.search", keys: ["/"], group: "general" },
  { id: "general.afterwards", keys: ["o"], group: "general" },
  { id: "general.help", keys: ["?"], group: "general" },
  { id: "general.clear", keys: ["Escape"], group: "general", isInPalette: false },
  { id: "general.mute", keys: ["m"], group: "general" },
  { id: "general.testTone", keys: ["Shift+M"], group: "general" },
  { id: "general.login", keys: [], group: "general" },
  { id: "general.logout", keys: [], group: "general" },
];

/** How a key event is spelled: `j`, `Ctrl+K`, `Shift+L`, `?`, `Space`. */
export function combination(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const isLetter = /^\p{L}$/u.test(event.key);
  const key = event.key === " " ? "Space" : event.key;
  const isMain = event.ctrlKey || event.metaKey;
  if (isMain || event.altKey) {
    return [isMain && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", isLetter ? key.toUpperCase() : key]
      .filter(Boolean)
      .join("+");
  }
  return event.shiftKey && isLetter ? `Shift+${key.toUpperCase()}` : isLetter ? key.toLowerCase() : key;
}

/** Combinations that two shortcuts claim; must be none. */
export function conflicts(shortcuts: readonly Shortcut[] = SHORTCUTS): string[] {
  const seen = new Map<string, string>();
  const found: string[] = [];
  for (const one of shortcuts) {
    for (const key of one.keys) {
      const other = seen.get(key);
      if (other) found.push(`${key}: ${other} and ${one.id}`);
      seen.set(key, one.id);
    }
  }
  return found;
}

type Run = () => void;
const bound = new Map<string, Run>();

/** Say what a shortcut does; gives the way to take it back. */
export function bind(id: string, run: Run): () => void {
  if (!SHORTCUTS.some((one) => one.id === id)) throw new Error(`no shortcut ${id} in the registry (lib/keys.ts)`);
  bound.set(id, run);
  return () => {
    if (bound.get(id) === run) bound.delete(id);
  };
}

/** Do what a shortcut does, as the palette asks; false when nobody has bound it. */
export function perform(id: string): boolean {
  const run = bound.get(id);
  run?.();
  return run !== undefined;
}

export const isBound = (id: string): boolean => bound.has(id);

const TYPED = "input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";
const PRESSED = "button, a[href], summary, [role=button], [role=tab], [role=option], [role=menuitem], input";

/** Listen on a window; gives the way to stop. `isBlocked` is asked first: a dialog keeps its keys to itself. */
export function listen(target: Window, isBlocked: () => boolean): () => void {
  const heard = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const combo = combination(event);
    const at = event.target instanceof Element ? event.target : null;
    const isTyping = at?.closest(TYPED) ?? null;
    const isFree = combo.startsWith("Ctrl+") || combo === "Escape";
    if (isTyping && !isFree) return;
    if (combo === "Space" && at?.closest(PRESSED)) return; // a button's own
    const shortcut = SHORTCUTS.find((one) => one.keys.includes(combo));
    if (!shortcut || (isBlocked() && shortcut.id !== "general.clear")) return;
    if (perform(shortcut.id)) event.preventDefault();
  };
  target.addEventListener("keydown", heard);
  return () => target.removeEventListener("keydown", heard);
}
