// Whether the server can be reached, and what the visitor sees of it.

import { say } from "./words.js";

const SHOWN_MS = 2500;
let away = false;

export function lost() {
  away = true;
  show(say("offline"), true);
}

export function found() {
  if (!away) return;
  away = false;
  show(say("online"), false);
  setTimeout(() => {
    if (!away) document.getElementById("banner").hidden = true;
  }, SHOWN_MS);
}

function show(text, warns) {
  const banner = document.getElementById("banner");
  banner.hidden = false;
  banner.classList.toggle("warns", warns);
  if (banner.textContent !== text) banner.textContent = text;
}
