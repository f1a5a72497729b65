/** Calls of `/api/v1`: JSON in and out, problems (RFC 9457) as errors with the server's own sentence. */

export interface Problem {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${problem.status}`);
  }
  get status(): number {
    return this.problem.status;
  }
}

export const BASE = "/api/v1/";

type Query = Record<string, string | number | boolean | null | undefined>;

/** The address of a path below `/api/v1/`, with a query; what is null is left out. */
export function address(path: string, query: Query = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) asked.set(name, String(value));
  }
  const words = asked.toString();
  return BASE + path.replace(/^\//, "") + (words ? `?${words}` : "");
}

async function answer(request: Promise<Response>): Promise<Response> {
  let response: Response;
  try {
    response = await request;
  } catch (trouble) {
    if (trouble instanceof DOMException && trouble.name === "AbortError") throw trouble;
    throw new ApiError({ status: 0, title: "unreachable", detail: "the server cannot be reached" });
  }
  if (response.ok) return response;
  let problem: Problem = { status: response.status, title: response.statusText };
  try {
    problem = { ...problem, ...((await response.json()) as Partial<Problem>) };
  } catch {
    // a proxy's page, or nothing: the status says it
  }
  throw new ApiError(problem);
}

/** GET a JSON document. */
export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await answer(fetch(address(path, query), { headers: { Accept: "application/json" }, signal: signal ?? null }));
  return (await response.json()) as T;
}

const AGAIN_MS = 250;

/**
 * GET a document that may first have to be made: 202 says how far it is (`done` of `of`), and the same GET is asked
 * again until it is there.
 */
export async function ready<T>(
  path: string,
  query: Query = {},
  signal?: AbortSignal,
  onProgress?: (done: number, of: number) => void,
): Promise<T> {
  for (let wait_ms = AGAIN_MS; ; wait_ms = Math.min(wait_ms * 1.5, 2000)) {
    const response = await answer(fetch(address(path, query), { headers: { Accept: "application/json" }, signal: signal ?? null }));
    const document = (await response.json()) as T & { done?: number; of?: number };
    if (response.status !== 202) return document;
    onProgress?.(document.done ?? 0, document.of ?? 0);
    await new Promise((resolve) => setTimeout(resolve, wait_ms));
    signal?.throwIfAborted();
  }
}

/** GET bytes, such as `catalogue/positions`. */
export async function bytes(path: string, query: Query = {}, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await answer(fetch(address(path, query), { signal: signal ?? null }))).arrayBuffer();
}

/** GET a file. */
export async function file(path: string, query: Query = {}, signal?: AbortSignal): Promise<Blob> {
  return (await answer(fetch(address(path, query), { signal: signal ?? null }))).blob();
}

/** POST a JSON document; the header tells the server that no other site made this call. */
export async function post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  const response = await answer(
    fetch(address(path), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Vedette": "1" },
      body: JSON.stringify(body),
      signal: signal ?? null,
    }),
  );
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}
