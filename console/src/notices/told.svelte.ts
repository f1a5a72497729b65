/** What was announced: asked with its foreseen visibility, and whenever the stream says that notices have changed. */
import { clock } from "../lib/clock.svelte";
import { isoOf } from "../lib/format";
import { watch } from "../lib/state.svelte";
import { Asked } from "../panels/asked.svelte";
import { casesOf } from "./cases";

const asked = new Asked<{ t_utc?: string; cases?: unknown; unanswered?: { id: string; question: string; late: boolean }[] }>();

export const told = {
  asked,
  /** Cases with visibility where the server answered, else as the stream brought them. */
  get cases() {
    const known = asked.answer ? casesOf(asked.answer) : [];
    return known.length ? known : casesOf(watch.notices);
  },
  get unanswered() {
    return asked.answer?.unanswered ?? [];
  },
  /** Ask at the picture's time: an exercise plays another night. */
  ask(hours = 24): void {
    const t_ms = clock.shown_ms;
    void asked.ask("notices/windows", { hours, at: t_ms === null ? null : isoOf(Math.round(t_ms / 1000) * 1000) });
  },
};
