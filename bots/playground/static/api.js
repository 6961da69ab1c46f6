// The server's interface. Every answer is JSON; every refusal says in words what is wrong.

/** The server said no; `text` is its sentence. */
export class Refusal extends Error {
  constructor(status, error) {
    super(error.key);
    this.status = status;
    this.key = error.key;
    this.text = error.text;
  }
}

/** The server could not be reached, or did not answer as it should. */
export class Offline extends Error {}

export function get(path) {
  return request(path, { cache: "no-store" });
}

export function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return request(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Sends a photo; `onFraction` is told how much of it has left. Not fetch, which cannot tell. */
export function sendPhoto(file, message, onFraction) {
  const form = new FormData();
  form.append("message", message);
  form.append("photo", file, file.name || "photo");
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", "/photos");
    sending.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onFraction(event.loaded / event.total);
    });
    sending.addEventListener("load", () => {
      try {
        resolve(read(sending.status, JSON.parse(sending.responseText)));
      } catch (error) {
        reject(error instanceof Refusal ? error : new Offline());
      }
    });
    sending.addEventListener("error", () => reject(new Offline()));
    sending.send(form);
  });
}

/** An id of this browser's own for a message, so that sending it twice makes one job. */
export function newMessage() {
  // Not randomUUID, which browsers offer on secure addresses only.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function request(path, options) {
  let response, content;
  try {
    response = await fetch(path, options);
    content = await response.json();
  } catch {
    throw new Offline();
  }
  return read(response.status, content);
}

function read(status, content) {
  if (status < 400) return content;
  if (content.error) throw new Refusal(status, content.error);
  throw new Offline();
}
