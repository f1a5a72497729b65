// @vitest-environment happy-dom
/** The panels as a person meets them: mounted, with a picture in the store and a server of canned answers. */
import { type Component, flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import Evidence from "../evidence/Evidence.svelte";
import Explanations from "../explanations/Explanations.svelte";
import Health from "../health/Health.svelte";
import Honesty from "../honesty/Honesty.svelte";
import { book, LANGUAGES, locale } from "../lib/i18n";
import { select, watch } from "../lib/state.svelte";
import Notices from "../notices/Notices.svelte";
import Tracks from "../tracks/Tracks.svelte";
import { at, candidate, object, serve, show } from "./fakes";

vi.mock("uplot", () => ({ default: Object.assign(function Plot(this: { destroy(): void; setSize(): void }) { this.destroy = () => {}; this.setSize = () => {}; }, { paths: {} }) }));

const LOOK = { t_plus_s: 1, sensor_id: "radar-north", kind: "radar", found: true, values: { range_km: 512.25 }, delay_s: 0.4, residual_sigmas: {}, nis: 3.1, dof: 4, overtaken: false };
const EVIDENCE = {
  object_id: "O1", track_id: "T1", t_now_utc: at(299), candidates: [], sensors: [
    { sensor_id: "ir-east", kind: "infrared", detections: 9, silences: 3, residual_rms_sigmas: { angle_1: 0.9 }, nis_per_dof: 0.8 },
    { sensor_id: "radar-north", kind: "radar", detections: 40, silences: 0, residual_rms_sigmas: { range: 1.1 }, nis_per_dof: 1.05 },
  ],
  nis: { looks: 1, mean_per_dof: 0.8, inside_95: 1 }, looks: [{ ...LOOK, t_utc: at(100) }, { ...LOOK, t_utc: at(104), found: false, values: {}, nis: null, dof: null }],
  lost: [], alternatives: [], doubts: [], said: [], belief: [], classes: [{ t_utc: at(100), t_plus_s: 80, phase: "boost", probabilities: { "short-range-ballistic": 0.9, other: 0.1 } }],
};

let stage: HTMLDivElement;
let panel: Record<string, unknown> | null = null;
const put = (what: Component<Record<string, never>>) => {
  panel = mount(what, { target: stage, props: {} });
  flushSync();
};
const settled = () => vi.waitFor(() => flushSync(), { timeout: 50 }).then(() => new Promise((done) => setTimeout(done, 5))).then(() => flushSync());
const text = () => stage.textContent!.replace(/\s+/g, " ");
const byId = (id: string) => stage.querySelector<HTMLElement>(`[data-testid="${id}"]`);

beforeEach(() => {
  locale.language = "en";
  stage = document.createElement("div");
  document.body.append(stage);
  watch.filters.text = "";
  select(null);
});
afterEach(() => {
  if (panel) void unmount(panel);
  panel = null;
  stage.remove();
  vi.unstubAllGlobals();
});

describe("the evidence drawer", () => {
  it("opens an object: headline, nature beside threat, figures with intervals, what it rests on", async () => {
    show({ objects: [object("O1")], candidates: [candidate("O1")] });
    const { fetch, asked } = serve({ "objects/O1/evidence": [{ id: "j", state: "running", done: 3, of: 9 }, EVIDENCE], "objects/O1/history": { object_id: "O1", t_now_utc: at(299) } });
    vi.stubGlobal("fetch", fetch);
    select({ kind: "object", id: "O1" });
    put(Evidence);
    await settled();
    expect(byId("headline")!.textContent).toContain("Short-range ballistic, 96 %");
    expect(byId("headline")!.textContent).toContain("Nature and faults together: 4.0 %");
    expect(byId("headline")!.textContent).toContain("between 12:07:58Z and 12:08:23Z");
    expect(byId("maybe")!.textContent).toContain("Bolide");
    expect(byId("maybe")!.textContent).toContain("it climbed");
    expect(text()).toContain("3 of 9 entries");
    await vi.waitFor(() => {
      flushSync();
      expect(byId("rests-on")).not.toBeNull();
    }, { timeout: 3000 });
    expect(byId("phenomena")!.textContent).toContain("infrared, radar");
    expect(asked.filter((one) => one.startsWith("objects/O1/evidence"))).toHaveLength(2);
    expect(asked[0]).toContain("journal=night.sqlite");
  });

  it("asks no more often because frames come", async () => {
    show({ objects: [object("O1")], candidates: [candidate("O1")] });
    const { fetch, asked } = serve({ "objects/O1/evidence": EVIDENCE, "objects/O1/history": { object_id: "O1", t_now_utc: at(299) } });
    vi.stubGlobal("fetch", fetch);
    select({ kind: "object", id: "O1" });
    put(Evidence);
    await settled();
    for (let i = 0; i < 20; i++) {
      watch.hear({ type: "update", seq: 2 + i, entry: 10 + i, t_now_utc: at(301 + i), objects: [object("O1", { apogee_km: 175 + i })] } as Parameters<typeof watch.hear>[0]);
      await settled();
    }
    expect(asked.filter((one) => one.includes("/evidence"))).toHaveLength(1);
  });

  it("tells what would be otherwise without a sensor, in words, with how far the answer is", async () => {
    show({ objects: [object("O1")], candidates: [candidate("O1")] });
    const document_ = { change: { without: ["radar-north"], without_notices: [], policy: null }, as_it_is: { objects: [], alerts: [] }, as_asked: { objects: [], alerts: [] }, pairs: {}, differences: [{ subject: "object", id: "O1", other_id: "O1", text: "confirmed 24 s later", data: { what: "confirmed", later_s: 24 } }, { subject: "object", id: "O2", other_id: "", text: "is never found (it was found, and was other)", data: {} }] };
    const { fetch } = serve({ "objects/": EVIDENCE, whatif: { id: "w1", state: "running", done: 5, of: 20 }, "whatif/w1": { id: "w1", state: "done", done: 20, of: 20, document: document_ } });
    vi.stubGlobal("fetch", fetch);
    select({ kind: "object", id: "O1" });
    put(Evidence);
    await settled();
    byId("whatif-radar-north")!.click();
    await settled();
    expect(byId("whatif")!.textContent).toContain("5 of 20 entries");
    await vi.waitFor(() => {
      flushSync();
      expect(byId("whatif")!.textContent).toContain("confirmed 24 s later");
    }, { timeout: 3000 });
    expect(byId("whatif")!.textContent).toContain("O2 is never found");
  });

  it("says why there is no answer, and asks again when told to", async () => {
    show({ objects: [object("O1")], candidates: [candidate("O1")] });
    const { fetch, asked } = serve({});
    vi.stubGlobal("fetch", fetch);
    select({ kind: "object", id: "O1" });
    put(Evidence);
    await settled();
    expect(text()).toContain("no objects/O1/evidence");
    const before = asked.length;
    byId("evidence-again")!.click();
    await settled();
    expect(asked.length).toBeGreaterThan(before);
  });
});

describe("the track table", () => {
  it("draws only what is on screen of thirty thousand, filters in words, chooses by keys", async () => {
    show({ objects: Array.from({ length: 30_000 }, (_, i) => object(`O${i + 1}`, { phase: i % 3 ? "coast" : "boost" })) });
    put(Tracks);
    const grid = byId("tracks-grid")!;
    expect(grid.getAttribute("aria-rowcount")).toBe("30001");
    expect(stage.querySelectorAll("[data-testid=tracks-grid-row]").length).toBeLessThan(80);
    watch.filters.text = "phase:boost";
    flushSync();
    expect(byId("tracks-said")!.textContent).toContain("10000 of 30000 rows");
    grid.focus();
    for (const key of ["ArrowDown", "ArrowDown", "Enter"]) grid.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    flushSync();
    expect(watch.selection).toEqual({ kind: "object", id: "O7" });
    watch.filters.text = "hight>3";
    flushSync();
    expect(byId("tracks-said")!.textContent).toContain("no column “hight”");
  });
  it("marks what was not renewed as old, in words too", () => {
    show({ objects: [object("O1"), object("O2", { state: { t_utc: at(200) } as never })] });
    put(Tracks);
    const [fresh, old] = [...stage.querySelectorAll("[data-testid=tracks-grid-row]")];
    expect(fresh!.textContent).not.toContain("old");
    expect(old!.textContent).toContain("not renewed: old");
  });
});

describe("sensors, notices, honesty, explanations", () => {
  it("puts the sensor that troubles first, and says so in words", () => {
    const health = (id: string, condition: string) => ({ id, condition, since_utc: null, noise_rise_db: 0, strobes: [], causes: {}, text: condition });
    const source = (sensor_id: string, s: number) => ({ sensor_id, scans: 3, t_heard_utc: at(s), delay_s: 0.4, jitter_s: 0.1, clock_steps: 0, last_step_s: null, t_last_step_utc: null, is_clock_valid: null, is_released: null, is_overloaded: null, rotation_s: null, doubts: [] });
    show({ sensors: [health("a", "ok"), health("z", "silent")] as never, sources: [source("a", 299), source("z", 200)] as never });
    put(Health);
    const rows = [...byId("health-table")!.querySelectorAll("tbody tr")].map((row) => row.textContent!);
    expect(rows[0]).toContain("z");
    expect(rows[0]).toContain("silent");
    expect(rows[0]).toContain("100 s");
    expect(text()).toContain("1 needs a look");
  });
  it("lays out windows and tells a notice by what was seen of it", async () => {
    const notice = { id: "N-1", kind: "pre-launch", party: "Northland", mode: "SIMULATED", count: 2, class_name: "short-range-ballistic", windows: [{ from_utc: at(-600), to_utc: at(3600) }] };
    const told = { cases: [{ id: "N-1", state: "open", is_cancelled: false, notice, history: [], shortfalls: ["given 2 h before, 24 h are agreed"], doubts: [] }], unanswered: [] };
    vi.stubGlobal("fetch", serve({ notices: told, "notices/windows": { cases: [{ ...told.cases[0], visibility: [{ sensor: "ir-east", kind: "infrared", share: 1, first_s: 20, first_90_s: [19, 25], lasts_s: 45 }] }] }, "notices/record": { parties: [] } }).fetch);
    show({ candidates: [candidate("O1")], events: [{ kind: "notice", object_id: "O1", data: { notice: "N-1", state: "matched" } }] as never });
    put(Notices);
    await settled();
    await settled();
    expect(byId("window-N-1")!.getAttribute("aria-label")).toContain("matched");
    const row = byId("notices-table")!.textContent!;
    for (const words of ["Northland", "2 × Short-range ballistic", "O1", "ir-east", "given 2 h before"]) expect(row).toContain(words);
  });
  it("says how honest areas and residuals were, with figures and band", async () => {
    show();
    vi.stubGlobal("fetch", serve({ calibration: { t_now_utc: at(1), against: "7 passes", areas: [{ probability: 0.9, held: 181, of: 200, band: [171, 188] }], nis: { looks: 600, dof: 1800, mean_per_dof: 1.02, band: [0.94, 1.07], inside_95: 0.95 }, by_sensor: [] } }).fetch);
    put(Honesty);
    await settled();
    await settled();
    expect(byId("honesty-verdict")!.textContent).toContain("Our 90 % areas held 181 of the last 200.");
    expect(byId("honesty-verdict")!.textContent).toContain("NIS 1.02, in its band 0.94 to 1.07");
  });
  it("shows nature beside threat for every candidate, also those without an object", () => {
    show({ candidates: [candidate("O1"), candidate("X", { id: "C-noise", subject: "noise", object_id: null, evidence: "candidate", explanations: [{ name: "solar-noise", probability: 0.9, reasons_for: [], reasons_against: [] }, { name: "jamming", probability: 0.1, reasons_for: [], reasons_against: [] }] })] });
    put(Explanations);
    expect(text()).toContain("Bolide");
    expect(text()).toContain("Solar noise");
    byId("explain-C-noise")!.click();
    flushSync();
    expect(byId("maybe")!.textContent).toContain("Jamming");
  });
});

describe("words", () => {
  const folders = ["evidence", "explanations", "health", "honesty", "notices", "panels", "partners", "tracks"];
  it("hold the same keys and the same blanks in every language", () => {
    const blanks = (words: string) => [...words.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort().join();
    const of = (language: (typeof LANGUAGES)[number]) => Object.keys(book(language)).filter((key) => folders.includes(key.split(".")[0]!)).sort();
    expect(of("en").length).toBeGreaterThan(400);
    for (const language of LANGUAGES) {
      expect(of(language)).toEqual(of("en"));
      for (const key of of("en")) expect(blanks(book(language)[key]!), `${language} ${key}`).toBe(blanks(book("en")[key]!));
    }
  });
});
