/** How instants, intervals and quantities are written: UTC with a Z, never the browser's own zone. */

const DASH = "–";

/** Milliseconds since 1970 of a UTC text; null when there is none. */
export function msOf(text: string | null | undefined): number | null {
  if (!text) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** `2031-04-01T12:00:05.250Z` of milliseconds since 1970. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** `12:00:05Z` of a UTC text or of milliseconds. */
export function hms(t: string | number | null | undefined, digits = 0): string {
  const ms = typeof t === "number" ? t : msOf(t);
  if (ms === null || !Number.isFinite(ms)) return DASH;
  return `${new Date(ms).toISOString().slice(11, digits ? 20 + digits : 19)}Z`;
}

/** `2031-04-01` of a UTC text or of milliseconds. */
export function day(t: string | number | null | undefined): string {
  const ms = typeof t === "number" ? t : msOf(t);
  return ms === null || !Number.isFinite(ms) ? DASH : new Date(ms).toISOString().slice(0, 10);
}

/** `T+183.0` of seconds after lift-off. */
export function plus(seconds: number | null | undefined, digits = 0): string {
  if (seconds === null || seconds === undefined) return DASH;
  return `T${seconds < 0 ? "−" : "+"}${Math.abs(seconds).toFixed(digits)}`;
}

/** `4:05` or `1:02:03` of a duration; `−0:12` when it is past. */
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return DASH;
  const sign = seconds < 0 ? "−" : "";
  const whole = Math.abs(Math.trunc(seconds));
  const [h, m, s] = [Math.trunc(whole / 3600), Math.trunc(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h ? `${sign}${h}:${two(m)}:${two(s)}` : `${sign}${m}:${two(s)}`;
}

/** `12 s`, `4 min`, `3 h`, `2 d` of an age. */
export function age(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return DASH;
  const s = Math.max(0, seconds);
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 120) return `${Math.round(s)} s`;
  if (s < 7200) return `${Math.round(s / 60)} min`;
  if (s < 172800) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86400)} d`;
}

/** `12.5°N 140.3°W`; always latitude first, with letters, so that the order cannot be mistaken. */
export function place(lat_deg: number | null | undefined, lon_deg: number | null | undefined, digits = 2): string {
  if (lat_deg === null || lat_deg === undefined || lon_deg === null || lon_deg === undefined) return DASH;
  const lat = `${Math.abs(lat_deg).toFixed(digits)}°${lat_deg < 0 ? "S" : "N"}`;
  return `${lat} ${Math.abs(lon_deg).toFixed(digits)}°${lon_deg < 0 ? "W" : "E"}`;
}

/** `97 %`; never 100 % or 0 % of what is not certain. */
export function percent(p: number | null | undefined, digits = 0): string {
  if (p === null || p === undefined || !Number.isFinite(p)) return DASH;
  const smallest = 10 ** -digits;
  const value = 100 * p;
  if (p < 1 && value > 100 - smallest / 2) return `>${(100 - smallest).toFixed(digits)} %`;
  if (p > 0 && value < smallest / 2) return `<${smallest.toFixed(digits)} %`;
  return `${value.toFixed(digits)} %`;
}

/** A number with a unit: `1 234 km`. */
export function quantity(value: number | null | undefined, unit: string, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  const [whole = "0", rest] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return `${value < 0 ? "−" : ""}${grouped}${rest ? `.${rest}` : ""} ${unit}`;
}

export const km = (value: number | null | undefined, digits = 0) => quantity(value, "km", digits);
export const mps = (value: number | null | undefined, digits = 0) => quantity(value, "m/s", digits);

/** The first twelve digits of a revision: enough to compare by eye. */
export const revision = (hash: string | null | undefined) => (hash ? hash.slice(0, 12) : DASH);
