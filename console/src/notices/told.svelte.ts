/** What was announced: all of it, what is near with who would see it, and what the picture has seen of it. */
import { clock } from "../lib/clock.svelte";
import { isoOf } from "../lib/format";
import { watch } from "../lib/state.svelte";
import { Asked } from "../panels/asked.svelte";
import { type Case, casesOf, together, withSeen } from "./cases";

interface Told {
  t_utc?: string;
  cases?: unknown;
  unanswered?: { id: string; question: string; late: boolean }[];
}
const all = new Asked<Told>();
const near = new Asked<Told>();

export const told = {
  asked: all,
  get cases(): Case[] {
    const known = together(casesOf(all.answer), casesOf(near.answer));
    return withSeen(known.length ? known : casesOf(watch.notices), watch.picture?.events ?? []);
  },
  get unanswered() {
    return all.answer?.unanswered ?? [];
  },
  /** Ask at the picture's time: an exercise plays another night. */
  ask(hours = 24): void {
    const t_ms = clock.shown_ms;
    const at = t_ms === null ? null : isoOf(Math.round(t_ms / 1000) * 1000);
    void all.ask("notices", { at });
    void near.ask("notices/windows", { hours, at });
  },
};
