// The chat's bubbles: what the visitor sent, and what is answered.

import { faceChoice } from "./choosing.js";
import { compare } from "./compare.js";
import { button, element } from "./elements.js";
import { followNewest } from "./scrolling.js";
import { beforeAndAfter, copyAndShare, downloadLink, offerAll } from "./sharing.js";
import { holdButton, showLarge } from "./viewer.js";
import { announce, say } from "./words.js";

/** What the visitor typed or chose. */
export function fromVisitor(text) {
  // A command is written from left to right, whatever the page's direction.
  return bubble("you", [Object.assign(words(text), { dir: "auto" })]);
}

/** The visitor's photo, or its name where the browser cannot show it. */
export function photoFromVisitor(source, name) {
  const photo = element("img", { src: source, alt: name ? `${say("your-photo")}: ${name}` : say("your-photo") });
  photo.addEventListener("error", () => photo.replaceWith(words(name || say("your-photo"))));
  return bubble("you", [photo]);
}

/** A sentence of ours; `kind` may be "refusal". */
export function fromUs(text, kind = "") {
  const made = bubble("bot", [words(text)]);
  if (kind) made.classList.add(kind);
  announce(text);
  return made;
}

/** A bubble of ours that changes: first it shows progress, then the reply. */
export class Reply {
  #bubble = bubble("bot", []);
  #text = words("");
  #bar = element("progress", { max: 1, value: 0, ariaLabel: say("progress") });
  #actions = element("div", { className: "actions" });

  constructor(text) {
    this.#text.textContent = text;
    this.#bubble.append(this.#text, this.#bar, this.#actions);
    this.#bubble.setAttribute("aria-busy", "true");
    announce(text);
  }

  /** Shows that it waits, with a button that ends the wait. */
  wait(text, actionText, onAction) {
    this.#text.textContent = text;
    this.#bar.value = 0;
    this.#actions.replaceChildren(button(actionText, onAction));
  }

  /** Shows how far it is. A stream that begins anew does not turn the bar back. */
  progress({ stage, fraction, text }) {
    const { dataset } = this.#bubble;
    if (stage === "queued" && dataset.stage && dataset.stage !== "queued") return;
    if (stage !== dataset.stage) announce(text);
    dataset.stage = stage;
    this.#text.textContent = text;
    this.#bar.value = fraction;
  }

  sending(fraction) {
    if (fraction < 1) this.#bar.value = fraction;
    else this.#bar.removeAttribute("value");
  }

  /** A sentence instead of a photo, with a button to try again or others, where that makes sense. */
  refuse(text, again = null, adjustments = [], onAdjust = null) {
    this.#finish();
    this.#bubble.classList.add("refusal");
    this.#bubble.append(words(text));
    const others = buttons(adjustments, onAdjust);
    const offered = again ? [button(say("try-again"), again), ...others] : others;
    if (offered.length) this.#bubble.append(element("div", { className: "actions" }, offered));
    announce(text);
  }

  /** The restored photo. `onAdjust` is called with what a button asks for, and the button. */
  show(view, onAdjust, quota = "") {
    this.#finish();
    this.#bubble.classList.add("result");
    const { figure, ...switches } = compare(view);
    this.#bubble.append(figure, words(view.text));
    if (quota) this.#bubble.append(element("p", { className: "muted", textContent: quota }));
    const taken = takeAway(view, figure, switches);
    this.#bubble.append(taken, ...changes(view, switches, onAdjust), beforeAndAfter(view));
    if (view.report.faces.length) this.#bubble.append(faceList(view.report.faces));
    offerAll(taken);
    announce([view.text, quota].join(" "));
  }

  remove() {
    this.#bubble.remove();
  }

  #finish() {
    const focused = this.#bubble.contains(document.activeElement);
    this.#bubble.replaceChildren(speaker("bot"));
    this.#bubble.removeAttribute("aria-busy");
    delete this.#bubble.dataset.stage;
    // The button that had the focus is gone; the next Tab goes on from here.
    if (focused) {
      this.#bubble.tabIndex = -1;
      this.#bubble.focus({ preventScroll: true });
    }
  }
}

/** What a visitor does with the photo as it is. */
function takeAway(view, figure, { showBefore }) {
  return element("div", { className: "actions" }, [
    downloadLink(view.urls.download, say("download"), "button primary"),
    holdButton(showBefore),
    button(say("large-view"), () => showLarge(figure, showBefore)),
    ...copyAndShare(view),
  ]);
}

/** What a visitor may change about it, or look at. */
function changes(view, { showFaces, showDamage }, onAdjust) {
  const switches = [];
  if (view.report.faces.length) switches.push(toggle(say("show-faces"), showFaces));
  if (view.urls.damage) switches.push(toggle(say("show-damage"), showDamage));
  const sizes = view.prints ? printSizes(view.prints, onAdjust) : [];
  const offered = [...buttons(view.adjustments, onAdjust), ...switches, ...sizes];
  if (!view.choice) return [element("div", { className: "actions" }, offered)];
  const { opener, panel } = faceChoice(view, onAdjust, showFaces);
  return [element("div", { className: "actions" }, [opener, ...offered]), panel];
}

/** A button that shows and hides the sizes of prints, and these. */
function printSizes({ text, sizes }, onAdjust) {
  const shown = element("div", { className: "sizes", hidden: true }, buttons(sizes, onAdjust));
  return [toggle(text, (on) => (shown.hidden = !on)), shown];
}

function buttons(adjustments, onAdjust) {
  return adjustments.map(({ text, options, remember }) =>
    button(text, (event) => onAdjust({ options, remember }, event.currentTarget)),
  );
}

/** A button that switches something on and off. */
function toggle(text, onSwitch) {
  const made = button(text, () => {
    const on = made.getAttribute("aria-pressed") !== "true";
    made.setAttribute("aria-pressed", String(on));
    onSwitch(on);
  });
  made.setAttribute("aria-pressed", "false");
  return made;
}

function faceList(faces) {
  const items = faces.map((face) =>
    element("li", { className: face.restored ? "" : "left-alone", textContent: face.text }),
  );
  const summary = element("summary", { textContent: `${say("faces")} (${faces.length})` });
  const list = element("ol", { className: "faces" }, items);
  return element("details", {}, [summary, list]);
}

function bubble(who, children) {
  const made = element("li", { className: `bubble ${who}` }, [speaker(who), ...children]);
  document.getElementById("chat").append(made);
  document.body.classList.add("talking");
  if (who === "you") followNewest();
  return made;
}

function speaker(who) {
  return element("span", { className: "unseen", textContent: `${say(who)}: ` });
}

function words(text) {
  return element("p", { className: "words", textContent: text });
}
