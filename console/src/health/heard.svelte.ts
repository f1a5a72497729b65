/** The page's own log of hearings: it listens from the start, whichever panel is open. */
import { watch } from "../lib/state.svelte";
import { HeardLog } from "./heard";

export const heard = new HeardLog();
let journal: string | null = null;

watch.onFrame((frame) => {
  if (frame.type !== "snapshot" && frame.type !== "update") return;
  if (watch.live.journal !== journal) {
    journal = watch.live.journal;
    heard.clear();
  }
  heard.take(watch.live.picture?.sources ?? []);
});
