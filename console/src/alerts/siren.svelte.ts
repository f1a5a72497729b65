/** Sounds what is due on the live desk, whatever is being looked at; counts what is new while it is the past. */
import { clock } from "../lib/clock.svelte";
import { sound } from "../lib/sound.svelte";
import { watch } from "../lib/state.svelte";
import { due, type Heard, SILENT } from "./siren";
import { voided } from "./voided.svelte";

/** Listen once a second and at every change of the desk; gives the way to stop. */
export function startSiren(): () => void {
  let heard: Heard = SILENT;
  let isFirst = true;
  let before = watch.deskNow;
  const look = () => {
    const found = due(watch.deskNow, heard, performance.now());
    heard = found.heard;
    if (before !== watch.deskNow) voided.look(before, watch.deskNow);
    before = watch.deskNow;
    // What was there when the page came is not news, but it sounds: nobody may have heard it
    if (!isFirst && !clock.isLive && found.fresh.length) clock.news += found.fresh.length;
    if (watch.live.picture !== null) isFirst = false;
    if (found.tone) sound.play(found.tone);
  };
  const timer = setInterval(look, 500);
  const stop = watch.onFrame((frame) => {
    if (frame.type === "desk" || frame.type === "snapshot") look();
  });
  return () => {
    clearInterval(timer);
    stop();
  };
}
