/**
 * Symbols of MIL-STD-2525E / APP-6E by milsymbol, with its traps closed.
 *
 * Identity is always *unknown*: the engine never says whose a thing is. Text is coloured by the theme (milsymbol writes black
 * on black). The context EXERCISE is never used with another identity: it would draw a hostile as a friendly-looking faker.
 */
import type { Mode } from "../lib/model";

/** Symbol set 06 space missile, 05 space, 02 air missile, 01 air; entity and the two modifiers, ten digits. */
const BY_CLASS: Record<string, [set: string, entity: string]> = {
  "short-range-ballistic": ["06", "1100000101"],
  "medium-range-ballistic": ["06", "1100000102"],
  "intermediate-range-ballistic": ["06", "1100000103"],
  "intercontinental-ballistic": ["06", "1100000105"],
  "submarine-launched-ballistic": ["06", "1100000100"],
  glide: ["06", "1100000400"],
  "space-launch": ["05", "1119000000"],
  "sounding-rocket": ["05", "1119000000"],
  "failed-launch": ["05", "1119000000"],
  satellite: ["05", "1107000000"],
  "decaying-body": ["05", "1102000000"],
  "cruise-or-aircraft": ["01", "1100000000"],
  "uncrewed-small": ["01", "1103000000"],
  debris: ["06", "1100000014"],
};
const UNKNOWN: [string, string] = ["06", "1100000115"];
const IDENTITY_UNKNOWN = "1";

/** The twenty digits of a class in a mode; unknown identity whatever is asked. */
export function symbolCode(className: string, mode: Mode | null): string {
  const [set, entity] = BY_CLASS[className] ?? UNKNOWN;
  const context = mode === "REAL" || mode === null ? "0" : mode === "EXERCISE" ? "1" : "2";
  return `13${context}${IDENTITY_UNKNOWN}${set}0000${entity}`;
}

export interface SymbolLook {
  size: number; // of a letter's height, px
  ink: string;
  ground: string;
}

type Milsymbol = (typeof import("milsymbol"))["default"];
let library: Milsymbol | null = null;
let loading: Promise<void> | null = null;
const drawn = new Map<string, HTMLCanvasElement>();

/** Fetch the library when first needed (190 KB): until then a plain mark stands for every class. */
export function loadSymbols(then: () => void): void {
  if (library || loading) return;
  loading = import("milsymbol").then((module) => {
    library = module.default;
    then();
  });
}

/** A class's symbol as a small picture with its middle at the symbol's anchor; null until the library is there. */
export function symbolPicture(className: string, mode: Mode | null, look: SymbolLook): HTMLCanvasElement | null {
  if (!library) return null;
  const code = symbolCode(className, mode);
  const key = `${code} ${look.size} ${look.ink} ${look.ground}`;
  const known = drawn.get(key);
  if (known) return known;
  const symbol = new library.Symbol(code, {
    size: look.size,
    monoColor: look.ink,
    infoColor: look.ink,
    iconColor: look.ink,
    fill: false,
    strokeWidth: 5,
  } as ConstructorParameters<Milsymbol["Symbol"]>[1]);
  const picture = symbol.asCanvas(2);
  if (drawn.size > 400) drawn.clear();
  drawn.set(key, picture);
  return picture;
}
