/**
 * How long a piece of drawing took, where the browser's own tools and our benchmarks look for it. The browser keeps such
 * entries for ever, and a console is open all night: each name keeps its last few thousand.
 */
const MOST = 4000;
const counts = new Map<string, number>();

export function measured(name: string, work: () => void): void {
  const start = performance.now();
  work();
  performance.measure(name, { start, end: performance.now() });
  const count = (counts.get(name) ?? 0) + 1;
  if (count >= MOST) performance.clearMeasures(name);
  counts.set(name, count % MOST);
}
