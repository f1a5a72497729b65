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

/** GET bytes, such as `catalogue/positions`. */
export async function bytes(path: string, query: Query = {}, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await answer(fetch(address(path, query), { signal: signal ?? null }))).arrayBuffer();
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
