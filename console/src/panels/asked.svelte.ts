/** One question to the server: its answer, that it is being worked on, or why there is none. */
import { ApiError, get } from "../lib/api";
import { isJob, type Job } from "../evidence/model";

const AGAIN_MS = 700;
type Query = Record<string, string | number | boolean | null | undefined>;

export class Asked<T> {
  /** The last answer; it stays while a newer one is worked on, so that nothing jumps. */
  answer = $state.raw<T | null>(null);
  /** Of what the answer is: the path it was asked by. */
  path = $state.raw<string | null>(null);
  job = $state.raw<Job | null>(null);
  trouble = $state<string | null>(null);
  isAsking = $state(false);
  /** When the answer came, ms of this machine's steady clock. */
  t_ms = $state.raw(0);

  #stop: AbortController | null = null;

  /** Ask; a question that was still open is dropped. Repeats itself while the server works on the answer. */
  async ask(path: string, query: Query = {}): Promise<void> {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    if (this.path !== path) this.answer = null;
    this.path = path;
    this.isAsking = true;
    this.trouble = null;
    try {
      for (;;) {
        const told = await get<unknown>(path, query, stop.signal);
        if (stop.signal.aborted) return;
        if (!isJob(told)) {
          this.answer = told as T;
          break;
        }
        this.job = told;
        if (told.state === "failed" || told.state === "stopped") throw new Error(told.problem?.detail ?? told.problem?.title ?? told.state);
        if (told.state === "done" && told.document !== undefined) {
          this.answer = told.document as T;
          break;
        }
        await new Promise((done) => setTimeout(done, AGAIN_MS));
        if (stop.signal.aborted) return;
      }
      this.t_ms = performance.now();
    } catch (why) {
      if (stop.signal.aborted) return;
      this.trouble = why instanceof ApiError && why.status === 404 ? (why.problem.detail ?? "404") : why instanceof Error ? why.message : String(why);
    } finally {
      if (this.#stop === stop) {
        this.isAsking = false;
        this.job = null;
        this.#stop = null;
      }
    }
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.isAsking = false;
    this.job = null;
  }
}
