import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clock, type JournalRow } from "./clock.svelte";
import type { DeskAlert, Picture, SnapshotFrame } from "./model";
import { watch } from "./state.svelte";

const at = (seconds: number) => new Date(Date.UTC(2031, 3, 1, 12) + seconds * 1000).toISOString();
const ms = (seconds: number) => Date.UTC(2031, 3, 1, 12) + seconds * 1000;
const picture = (seconds: number): Picture =>
  ({
    mode: "EXERCISE",
    t_now_utc: at(seconds),
    t_now_plus_s: seconds,
    counts: { scans: seconds, detections: 0, quarantined: 0 },
    events: [],
    objects: [],
    alerts: [],
    candidates: [],
    raids: [],
    sensors: [],
    groups: [],
    noise_sources: [],
    sources: [],
    predictions: [],
    registration: [],
    no_launch: null,
    catalogue: null,
    partners: [],
    joint: [],
  }) as unknown as Picture;
const snapshot = (seconds: number, seq: number): SnapshotFrame => ({
  type: "snapshot", seq, journal: "night", entry: seconds, picture: picture(seconds), desk: [], audit_tail: null, notices: [],
});
const update = (seconds: number, seq: number) => ({
  type: "update" as const, seq, entry: seconds, t_now_utc: at(seconds), t_now_plus_s: seconds,
  counts: { scans: seconds, detections: 0, quarantined: 0 },
});

let asked: string[] = [];
beforeEach(() => {
  asked = [];
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "performance", "Date"] });
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    const query = new URL(url, "http://x").searchParams;
    if (url.includes("/frames")) {
      const [from, to] = [Date.parse(query.get("from")!), Date.parse(query.get("to")!)];
      const frames = Array.from({ length: 101 }, (_, s) => update(s, 5000 + s)).filter((one) => {
        const t = Date.parse(one.t_now_utc);
        return t > from && t <= to;
      });
      return Promise.resolve(new Response(JSON.stringify({ frames })));
    }
    return Promise.resolve(new Response(JSON.stringify(picture((Date.parse(query.get("at")!) - ms(0)) / 1000))));
  });
  watch.hear(snapshot(0, 1000));
  clock.begin(ms(0));
  watch.hear(snapshot(100, 1001));
});
afterEach(() => {
  clock.goLive();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a journal from earlier", () => {
  const row = (id: string, first: number, last: number): JournalRow => ({
    id, entries: 200, mode: "TEST", feeds: [], engine_version: "0.9", is_live: false, t_first_utc: at(first), t_last_utc: at(last), trouble: null,
  });

  it("is opened where its looks begin, on a line of its own", async () => {
    await clock.open(row("older.sqlite", 1, 60));
    expect(clock.mode).toBe("paused");
    expect([clock.first_ms, clock.last_ms, clock.shown_ms]).toEqual([ms(1), ms(60), ms(1)]);
    expect(watch.journal).toBe("older.sqlite");
    expect(watch.isPast).toBe(true);
    expect(asked.filter((url) => url.includes("picture")).every((url) => url.includes("journal=older.sqlite"))).toBe(true);
  });

  it("is scrubbed and played within its own span", async () => {
    await clock.open(row("older.sqlite", 1, 60), ms(30));
    expect(clock.shown_ms).toBe(ms(30));
    await clock.seek(ms(500));
    expect(clock.shown_ms).toBe(ms(60));
    await clock.seek(ms(40));
    clock.play();
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked.some((url) => url.includes("journals/older.sqlite/frames"))).toBe(true);
    expect(clock.shown_ms).toBeGreaterThan(ms(41));
    expect(watch.live.picture?.counts.scans).toBe(100);
  });

  it("is put away by going live, and the live one's line is back", async () => {
    await clock.open(row("older.sqlite", 1, 60));
    clock.goLive();
    expect([clock.kept, clock.journal, clock.last_ms]).toEqual([null, "night", ms(100)]);
    expect(watch.isPast).toBe(false);
  });

  it("that cannot be read says so, and what was shown stays", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ detail: "cut short" }), { status: 422 })));
    await clock.open(row("broken.sqlite", 0, 60));
    expect(clock.trouble).toContain("cut short");
    expect([clock.kept, watch.journal, clock.isSeeking]).toEqual([null, "night", false]);
  });
});

describe("the clock", () => {
  it("shows the present, and follows it", () => {
    expect(clock.mode).toBe("live");
    watch.hear(update(101, 1002));
    expect(clock.shown_ms).toBe(ms(101));
    expect(watch.isPast).toBe(false);
  });

  it("freezes what is shown while the watch goes on behind it", () => {
    clock.pause();
    watch.hear(update(101, 1002));
    expect(watch.picture?.counts.scans).toBe(100);
    expect(watch.live.picture?.counts.scans).toBe(101);
    expect(watch.isPast).toBe(true);
    clock.goLive();
    expect(watch.picture?.counts.scans).toBe(101);
  });

  it("shows what was known at an instant, from the journal, and never beyond the ends", async () => {
    await clock.seek(ms(40));
    expect(watch.picture?.counts.scans).toBe(40);
    expect(clock.mode).toBe("paused");
    expect(asked[0]).toContain("picture?journal=night&at=2031-04-01T12");
    await clock.seek(ms(500));
    expect(clock.t_ms).toBe(ms(100));
    await clock.seek(ms(-500));
    expect(clock.t_ms).toBe(ms(0));
  });

  it("begins with the first look, and asks again until there is one", async () => {
    let first: string | null = null;
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ journals: [{ id: "other night", t_first_utc: first }] }))));
    watch.hear({ ...snapshot(100, 2000), journal: "other night" });
    await clock.askBeginning();
    expect(clock.first_ms).toBe(ms(70)); // nothing was said yet: half a minute before now
    first = at(3);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(clock.first_ms).toBe(ms(3));
    watch.hear(snapshot(100, 3000));
  });

  it("steps a second, leaving LIVE", async () => {
    await clock.step(-1);
    expect(clock.t_ms).toBe(ms(99));
    await clock.step(1);
    expect(clock.t_ms).toBe(ms(100));
    expect(clock.mode).toBe("paused");
  });

  it("plays by frames at a multiple of time, and stops at the end", async () => {
    await clock.seek(ms(10));
    clock.speed = 10;
    clock.play();
    await vi.advanceTimersByTimeAsync(2000);
    expect(clock.t_ms).toBeGreaterThan(ms(27));
    expect(clock.t_ms).toBeLessThanOrEqual(ms(31));
    // What is shown is what was known at the clock's instant, and nothing later
    expect(ms(watch.picture!.counts.scans)).toBeLessThanOrEqual(clock.t_ms!);
    expect(clock.t_ms! - ms(watch.picture!.counts.scans)).toBeLessThan(1500);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(clock.mode).toBe("paused");
    expect(watch.picture?.counts.scans).toBe(100);
  });

  it("shows the desk of then, and what was done while it plays", async () => {
    const alert = (message: string) => ({ id: "a", object_ids: [], message }) as unknown as DeskAlert;
    const answers = (isKept: boolean) => (url: string) => {
      const document = url.includes("/frames")
        ? { frames: [update(11, 5011), update(14, 5014)], desk: [{ t_utc: at(12), alerts: [alert("released")] }] }
        : { ...snapshot(10, 0), desk: isKept ? [alert("proposed")] : [], is_desk_kept: isKept };
      return Promise.resolve(new Response(JSON.stringify(document)));
    };
    vi.stubGlobal("fetch", answers(true));
    await clock.seek(ms(10));
    expect(watch.desk.map((one) => one.message)).toEqual(["proposed"]);
    clock.play();
    await vi.advanceTimersByTimeAsync(1500);
    expect(watch.desk.map((one) => one.message)).toEqual(["proposed"]);
    await vi.advanceTimersByTimeAsync(1500);
    expect(watch.desk.map((one) => one.message)).toEqual(["released"]);
    clock.pause();
    vi.stubGlobal("fetch", answers(false));
    await clock.seek(ms(10));
    expect(watch.deskThen).toBeNull(); // no desk is kept of it: the machine's own alerts stand
  });

  it("goes from 0.1 to 1000 times, and no further", () => {
    for (let i = 0; i < 20; i++) clock.faster();
    expect(clock.speed).toBe(1000);
    for (let i = 0; i < 20; i++) clock.slower();
    expect(clock.speed).toBe(0.1);
  });

  it("never calls the picture that is there that of an instant which is still being read", async () => {
    await clock.seek(ms(40));
    const reading = clock.seek(ms(70));
    expect(clock.isSeeking).toBe(true);
    expect(clock.shown_ms).toBe(ms(40));
    await reading;
    expect(clock.shown_ms).toBe(ms(70));
  });

  it("says what went wrong and keeps what it showed", async () => {
    await clock.seek(ms(40));
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ status: 404, detail: "no such instant" }), { status: 404 })));
    await clock.seek(ms(50));
    expect(clock.trouble).toBe("no such instant");
    expect(clock.shown_ms).toBe(ms(40));
    expect(watch.picture?.counts.scans).toBe(40);
  });
});
