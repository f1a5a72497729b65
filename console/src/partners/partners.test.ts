// @vitest-environment happy-dom
/** The joint duty desk as a person meets it: sides in columns, links, words with their deadlines, what was told. */
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { locale } from "../lib/i18n";
import { watch } from "../lib/state.svelte";
import { at, serve, show } from "../panels/fakes";
import Partners from "./Partners.svelte";
import { inside, type LogRow } from "./told.svelte";

const side = (owner: string | null, more = {}) => ({
  owner, event_id: "E", revision: 1, evidence: "correlated", phenomena: ["infrared"], p_launch: 0.9, launch: null, impact: null, impact_areas: [], count: null,
  message: "none", timing: "on-time", t_said_utc: at(1), t_heard_utc: at(2), doubts: [], is_counted: true, text: "", ...more,
});
const joint = {
  id: "J1", kind: "launch", own: side(null), partners: [side("SOUTH", { phenomena: ["radar"], message: "released" })], evidence: "confirmed",
  phenomena: ["infrared", "radar (SOUTH)"], launch: null, impact: { lat_deg: 32.9, lon_deg: -23 }, impact_areas: [{ probability: 0.9, area_km2: 1234 }],
  fused_from: ["own", "SOUTH"], disagreements: ["SOUTH counts 3 and we 1"], reasons_for: [], reasons_against: [], timing: "LATE", may_sound: true, t_utc: at(1), text: "",
};
const partner = {
  owner: "SOUTH", link: "up", t_heard_utc: at(5), messages: 12, tracks: 1, events: 1, is_believed: false, doubts: ["clock off by 3 s"], working: { radar: 2 },
  degraded: {}, silent: { radar: 1 }, coverage: { coast: 0.93 }, text: "",
};
const lane = { told: 3, taken: 2, waiting: 1, heard: 9, incoming: 0 };
const node = { node: "NORTH-A", owner: "NORTH", is_running: true, recording: true, peers: [{ peer: "SOUTH-A", owner: "SOUTH", node: "A", state: "up", is_suspended: false, grants: true, heard_age_s: 0.4, round_trip_s: 0.012, trouble: "", lanes: { warn: lane, track: lane } }] };
const word = { id: "SOUTH-A-1", about: "", kind: "cue-request", peer: "SOUTH-A", is_ours: false, by: "", t_utc: at(3), text: "Look north", due_in_s: 90, answer: "", state: "to answer", fate: "", document_says: "a cue: 1 search volumes", screenings: null };
const row: LogRow = { number: 7, direction: "sent", link: "SOUTH-A", lane: "warn", sequence: 4, digest: "abcdef0123456789", t_utc: at(4), events: ["NORTH/O1"], released: [{ name: "O1", kind: "event", told_as: "E-7", is_released: true, why: "" }, { name: "O2", kind: "event", told_as: "", is_released: false, why: "no grant" }], heard: {}, text: "" };

let stage: HTMLDivElement;
let panel: Record<string, unknown> | null = null;
const settled = () => new Promise((done) => setTimeout(done, 20)).then(() => flushSync());
const byId = (id: string) => stage.querySelector<HTMLElement>(`[data-testid="${id}"]`);

beforeEach(() => {
  locale.language = "en";
  stage = document.createElement("div");
  document.body.append(stage);
});
afterEach(() => {
  if (panel) void unmount(panel);
  panel = null;
  stage.remove();
  vi.unstubAllGlobals();
});

async function put(rights: string[]) {
  show({ partners: [partner], joint: [joint] } as never);
  watch.session = { account: "watch-1", rights, roles: [], needs_login: false } as never;
  const served = serve({ partners: { node, partners: [] }, "partners/words": { words: [word] }, "partners/log": { log: [row] } });
  vi.stubGlobal("fetch", served.fetch);
  panel = mount(Partners, { target: stage, props: {} });
  flushSync();
  await settled();
  await settled();
  return served;
}

describe("the joint duty desk", () => {
  it("shows own, partner's and joint side by side, and how they differ", async () => {
    await put([]);
    const cells = [...byId("joint-J1")!.querySelectorAll("td")].map((one) => one.textContent!.replace(/\s+/g, " "));
    expect(cells[0]).toContain("correlated");
    expect(cells[1]).toContain("its people: released");
    expect(cells[2]).toContain("confirmed");
    expect(cells[2]).toContain("LATE");
    expect(cells[2]).toContain("radar (SOUTH)");
    expect(cells[2]).toContain("90 % area 1,234 km²");
    expect(cells[3]).toContain("SOUTH counts 3 and we 1");
  });
  it("says how the link stands, what waits, and that the partner is not believed", async () => {
    await put([]);
    const text = byId("link-SOUTH-A")!.textContent!.replace(/\s+/g, " ");
    for (const words of ["up", "12 ms", "2 radar", "silent: 1 radar", "coast 93 %", "not believed", "clock off by 3 s"]) expect(text).toContain(words);
  });
  it("lets operators answer, and nobody else", async () => {
    await put([]);
    expect(byId("accept-SOUTH-A-1")).toBeNull();
    expect(byId("word-SOUTH-A-1")!.textContent).toContain("Look north");
    void unmount(panel!);
    const served = await put(["acknowledge"]);
    byId("accept-SOUTH-A-1")!.click();
    await settled();
    expect(served.asked).toContain("partners/words/SOUTH-A-1/answer");
  });
  it("tells what a message held and what was kept back", () => {
    expect(inside(row)).toBe("E-7; 1 withheld");
    expect(inside({ ...row, direction: "received", released: [], heard: { event: 2 } })).toBe("2 × event");
  });
});
