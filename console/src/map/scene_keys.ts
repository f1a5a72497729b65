/** The keys that move a scene, flat or round: the same ones do the same. */
export interface Moves {
  turn: (right: number, up: number, isFar: boolean) => void; // one of the two is 0, the other 1 or -1
  zoom: (factor: number) => void;
  whole: () => void;
  centre: () => void;
  walk: (step: 1 | -1) => void;
}

const ZOOM = 1.4;

/** Move as a key says, and let nobody else hear it; keys with Ctrl, Alt or Meta are others'. */
export function moveByKey(event: KeyboardEvent, { turn, zoom, whole, centre, walk }: Moves) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const does: Record<string, () => void> = {
    ArrowLeft: () => turn(-1, 0, event.shiftKey),
    ArrowRight: () => turn(1, 0, event.shiftKey),
    ArrowUp: () => turn(0, 1, event.shiftKey),
    ArrowDown: () => turn(0, -1, event.shiftKey),
    "+": () => zoom(ZOOM),
    "=": () => zoom(ZOOM),
    "-": () => zoom(1 / ZOOM),
    "0": whole,
    c: centre,
    PageDown: () => walk(1),
    PageUp: () => walk(-1),
  };
  const run = does[event.key];
  if (!run) return;
  event.preventDefault();
  event.stopPropagation();
  run();
}
