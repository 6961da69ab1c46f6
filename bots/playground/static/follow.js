// Follows a job until it is finished: by its stream of events, and by asking where there is no stream.

import { Refusal, get } from "./api.js";
import { found, lost } from "./connection.js";

// Browsers keep six connections to a server; the rest is for photos and commands.
const MOST_STREAMS = 3;
const ASK_MS = 1000;
const LONGEST_MS = 8000;
const open = new Set();

/** The finished job's view. `onProgress` is told how far it is. */
export async function follow(view, onProgress) {
  let pause = ASK_MS;
  for (;;) {
    const finished = open.size < MOST_STREAMS ? await stream(view, onProgress) : null;
    if (finished) return finished;
    try {
      const now = await get(view.urls.self);
      found();
      if (now.finished) return now;
      pause = ASK_MS;
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) throw error;
      lost();
      pause = Math.min(pause * 2, LONGEST_MS);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Has every job that is followed ask at once how it stands. */
export function askNow() {
  for (const close of [...open]) close();
}

function stream(view, onProgress) {
  return new Promise((resolve) => {
    const source = new EventSource(view.urls.events);
    const end = (finished) => {
      source.close();
      open.delete(close);
      resolve(finished);
    };
    const close = () => end(null);
    open.add(close);
    source.addEventListener("open", found);
    source.addEventListener("progress", (event) => onProgress(JSON.parse(event.data)));
    source.addEventListener("done", (event) => end(JSON.parse(event.data)));
    // Not left to the browser's own retries: asking tells whether the server or the job is gone.
    source.addEventListener("error", close);
  });
}
