/** Requests to this service, and the problems that it answers with (RFC 9457). */

/** The path under which a proxy has the service; empty where it has all of a host. */
export const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

let key = "";
const keyWanted = new EventTarget();

/** Take a key for all requests to come; it is kept in memory alone. */
export function useKey(text) {
  key = text.trim();
}

/** Call `listener` with a problem whenever the service wants another key. */
export function onKeyWanted(listener) {
  keyWanted.addEventListener("wanted", (event) => listener(event.detail));
}

/** What the service says is wrong, with the members that it is about. */
export class Problem extends Error {
  constructor(document, status) {
    super(document.detail ?? document.title ?? `The server answered ${status}.`);
    this.status = status;
    this.nearest = document.nearest ?? [];
    this.errors = (document.errors ?? []).map((error) => ({
      field: error.parameter ?? steps(error.pointer)[0] ?? "",
      place: error.parameter ?? error.pointer ?? "",
      detail: error.detail,
    }));
  }
}

function steps(pointer) {
  return (pointer ?? "").split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Return the address of a path of the service, whether or not it has the proxy's before it. */
export function address(path) {
  return ROOT && path.startsWith(`${ROOT}/`) ? path : ROOT + path;
}

/** Return the URL of a path, as it stands in a command. */
export function url(path) {
  return location.origin + address(path);
}

/** Return a command of curl with these arguments, with the key of the reader's shell where the service wants one. */
export function curl(text) {
  return key ? `curl -H "Authorization: Bearer $FANIN_API_KEY" ${text}` : `curl ${text}`;
}

/** Return the reply to a request. Throws Problem where it is an error, and where there is none. */
export async function ask(path, { json, signal, accept, method } = {}) {
  const headers = {};
  if (key) headers.Authorization = `Bearer ${key}`;
  if (accept) headers.Accept = accept;
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let reply;
  try {
    reply = await fetch(address(path), {
      method: method ?? (json === undefined ? "GET" : "POST"),
      body: json === undefined ? undefined : JSON.stringify(json),
      headers,
      signal,
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem({ detail: "The server does not answer. Is it running, and can this computer reach it?" }, 0);
  }
  if (reply.ok) return reply;
  const document = await reply.json().catch(() => ({}));
  const problem = new Problem(document, reply.status);
  if (reply.status === 401 || reply.status === 403) {
    keyWanted.dispatchEvent(new CustomEvent("wanted", { detail: problem }));
  }
  throw problem;
}

/** Return the JSON of a reply. */
export async function askJson(path, options) {
  return (await ask(path, options)).json();
}
