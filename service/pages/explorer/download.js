/** Downloads with their progress, which can be ended. */

import { ask } from "./api.js";
import { bytes, element } from "./dom.js";

/** What is kept in memory, at most, where the browser cannot write to a file as it reads. */
const MAX_KEPT = 2 ** 30;

/** Return a button that downloads a path, with its progress beside it; `name` is what the file is called. */
export function downloadButton(text, path, name) {
  const progress = element("progress", { "aria-label": `Progress of ${name}`, hidden: true });
  const said = element("span", { role: "status" });
  const cancel = element("button", { type: "button", hidden: true }, "Cancel");
  const begin = element("button", { type: "button", class: "main" }, text);
  begin.addEventListener("click", async () => {
    const controller = new AbortController();
    cancel.onclick = () => controller.abort();
    begin.disabled = true;
    progress.hidden = cancel.hidden = false;
    progress.removeAttribute("value");
    said.textContent = "Begins";
    try {
      const report = (done, length) => {
        if (length) progress.value = done / length;
        shown.textContent = length ? `${bytes(done)} of ${bytes(length)}` : bytes(done);
      };
      const done = await download(path, name, controller.signal, report);
      said.textContent = `Saved ${bytes(done)} as ${name}`;
    } catch (error) {
      said.textContent = controller.signal.aborted || error.name === "AbortError" ? "Cancelled" : `Not downloaded: ${error.message}`;
    } finally {
      begin.disabled = false;
      progress.hidden = cancel.hidden = true;
      shown.textContent = "";
    }
  });
  // What changes many times a second is not read out.
  const shown = element("span", { "aria-hidden": "true", class: "quiet" });
  return element("div", { class: "row" }, begin, progress, cancel, shown, said);
}

async function download(path, name, signal, report) {
  const file = await chosenFile(path, name);
  const reply = await ask(path, { signal });
  const length = Number(reply.headers.get("content-length"));
  if (!file && length > MAX_KEPT) {
    await reply.body.cancel();
    throw new Error(`this browser keeps a download in memory, and ${bytes(length)} is too much for that; take the command`);
  }
  const writer = await file?.createWritable();
  const parts = [];
  let done = 0;
  const reader = reply.body.getReader();
  try {
    for (;;) {
      const { value, done: isOver } = await reader.read();
      if (isOver) break;
      if (writer) await writer.write(value);
      else parts.push(value);
      done += value.length;
      report(done, length);
    }
  } catch (error) {
    await writer?.abort();
    throw error;
  }
  if (writer) await writer.close();
  else save(new Blob(parts), name);
  return done;
}

/** Return the file that the user chooses for what is too large for memory, where the browser lets it be written. */
async function chosenFile(path, name) {
  if (!window.showSaveFilePicker) return null;
  const head = await sizeOf(path);
  return head > MAX_KEPT / 4 ? window.showSaveFilePicker({ suggestedName: name }) : null;
}

async function sizeOf(path) {
  const reply = await ask(path, { method: "HEAD" });
  return Number(reply.headers.get("content-length"));
}

function save(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
