import { afterEach, describe, expect, it, vi } from "vitest";
import { clock } from "../lib/clock.svelte";
import type { DeskAlert, SnapshotFrame } from "../lib/model";
import { sound } from "../lib/sound.svelte";
import { watch } from "../lib/state.svelte";
import { startSiren } from "./siren.svelte";

const picture = { mode: "EXERCISE", t_now_utc: "2031-04-01T12:00:00.000Z", objects: [], alerts: [], candidates: [], events: [] };
const alert = (id: string) =>
  ({ id, kind: "impact", evidence: "confirmed", message: "proposed", object_ids: [id], attention: {}, messages: [], areas: [] }) as unknown as DeskAlert;
const snapshot = (seq: number, ...desk: DeskAlert[]) =>
  ({ type: "snapshot", seq, journal: "night", entry: seq, picture, desk, audit_tail: null, notices: [] }) as unknown as SnapshotFrame;

let stop = () => {};
afterEach(() => {
  stop();
  clock.goLive();
  vi.restoreAllMocks();
});

describe("while the past is looked at", () => {
  it("what comes live is heard and counted, and what was there before is not counted", () => {
    const played = vi.spyOn(sound, "play").mockImplementation(() => {});
    stop = startSiren();
    watch.hear(snapshot(1, alert("O1")));
    expect(played).toHaveBeenLastCalledWith("critical");
    clock.pause();
    expect(clock.news).toBe(0);
    watch.hear({ type: "desk", seq: 2, alerts: [alert("O2")], audit_tail: null });
    expect(played).toHaveBeenCalledTimes(2);
    expect(clock.news).toBe(1);
    expect(watch.isPast).toBe(true);
    clock.goLive();
    expect(clock.news).toBe(0);
    watch.hear({ type: "desk", seq: 3, alerts: [alert("O3")], audit_tail: null });
    expect(clock.news).toBe(0); // live, it stands on the board
  });
});
