// What the scripts say by themselves, in the visitor's language.

let texts = {};

export function learn(given) {
  texts = given;
}

export function say(key) {
  return texts[key];
}

/** Tells a screen reader; what is on the screen is shown elsewhere. */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  // The same words again are only read when they change.
  setTimeout(() => (announcer.textContent = text), 50);
}
