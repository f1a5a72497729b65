import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Worker } from "./model";
import { SILENT_MS, staleness, Stream, type StreamEars } from "./stream";

const well: Worker = { state: "running", last_frame_age_s: 0.2, backlog_s: 0 };

describe("staleness", () => {
  it("is nothing while the server speaks and the watch goes round", () => {
    expect(staleness("open", 1000, 900, well)).toBeNull();
    expect(staleness("open", 1000, 900, { ...well, state: "ended" })).toBeNull();
  });

  it("is said within three seconds of the last word", () => {
    expect(SILENT_MS).toBeLessThan(3000 - 250); // it is judged four times a second
    expect(staleness("open", 10_000, 10_000 - SILENT_MS - 1, well)).toBe("silent");
  });

  it("is said at once when the socket closes, the watch is dead or has stood still", () => {
    expect(staleness("closed", 1000, 999, well)).toBe("closed");
    expect(staleness("connecting", 1000, 999, well)).toBe("connecting");
    expect(staleness("open", 1000, 999, { ...well, state: "dead" })).toBe("worker");
    expect(staleness("open", 1000, 999, { ...well, last_frame_age_s: 3.5 })).toBe("late");
    expect(staleness("open", 1000, 999, { ...well, backlog_s: 20 })).toBe("late");
    expect(staleness("open", 1000, 999, { ...well, state: "starting" })).toBe("starting");
  });
});

class FakeSocket {
  static OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  binaryType = "";
  sent: unknown[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: unknown }) => void;
  onclose?: () => void;
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
    this.onclose?.();
  }
  opened() {
    this.readyState = 1;
    this.onopen?.();
  }
}

describe("the stream", () => {
  beforeEach(() => {
    FakeSocket.all = [];
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", FakeSocket);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const ears = (position = { seq: null as number | null, journal: null as string | null }) => {
    const heard = { links: [] as string[], frames: [] as unknown[] };
    const all: StreamEars = {
      frame: (frame) => heard.frames.push(frame),
      binary: () => {},
      link: (link) => heard.links.push(link),
      position: () => position,
    };
    return { heard, all };
  };

  it("says what it has, so that only what is missing comes", () => {
    const stream = new Stream(ears({ seq: 41, journal: "night" }).all, 10, "ws://x");
    stream.open();
    FakeSocket.all[0]!.opened();
    expect(FakeSocket.all[0]!.sent).toEqual([{ type: "hello", resume: 41, journal: "night", catalogue_period_s: 10 }]);
  });

  it("comes back by itself when it is cut, and less often the longer it lasts", () => {
    const { heard, all } = ears();
    const stream = new Stream(all, null, "ws://x");
    stream.open();
    FakeSocket.all[0]!.opened();
    FakeSocket.all[0]!.close();
    expect(heard.links).toEqual(["connecting", "open", "closed"]);
    vi.advanceTimersByTime(400);
    expect(FakeSocket.all).toHaveLength(2);
    for (let i = 1; i < 12; i++) {
      FakeSocket.all.at(-1)!.close();
      vi.advanceTimersByTime(5100); // longer than the longest wait: one more try each time
    }
    expect(FakeSocket.all).toHaveLength(13);
  });

  it("stays closed when it was closed", () => {
    const stream = new Stream(ears().all, null, "ws://x");
    stream.open();
    stream.close();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});
