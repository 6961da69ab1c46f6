// A result over the whole screen, to enlarge and to move around in.

import { button, element } from "./elements.js";
import { say } from "./words.js";

const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];

/** A button that shows the photo as it was sent while it is held down, by pointer or keyboard. */
export function holdButton(showBefore) {
  const made = button(say("hold"), () => {});
  const isKey = (event) => event.key === " " || event.key === "Enter";
  made.addEventListener("pointerdown", () => showBefore(true));
  made.addEventListener("keydown", (event) => isKey(event) && showBefore(true));
  made.addEventListener("keyup", (event) => isKey(event) && showBefore(false));
  for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) {
    made.addEventListener(end, () => showBefore(false));
  }
  // A long press must not open the browser's own menu.
  made.addEventListener("contextmenu", (event) => event.preventDefault());
  return made;
}

/** Shows a comparison's figure large until it is closed; then it goes back to its place. */
export async function showLarge(figure, showBefore) {
  const place = element("div");
  place.style.height = `${figure.offsetHeight}px`;
  const stage = element("div", { className: "stage", tabIndex: 0, ariaLabel: say("large-view") });
  stage.setAttribute("role", "group");
  let step = 0;
  const zoom = (change) => {
    const before = ZOOMS[step];
    step = Math.max(0, Math.min(ZOOMS.length - 1, step + change));
    magnify(stage, figure, ZOOMS[step] / before, ZOOMS[step]);
    smaller.disabled = step === 0;
    larger.disabled = step === ZOOMS.length - 1;
  };
  const smaller = sign("−", say("zoom-out"), () => zoom(-1));
  const larger = sign("+", say("zoom-in"), () => zoom(1));
  const viewer = element("dialog", { className: "viewer", ariaLabel: say("large-view") });
  const close = button(say("close"), () => viewer.close());
  viewer.append(stage, element("div", { className: "actions" }, [smaller, larger, holdButton(showBefore), close]));
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 1 : -1);
  });
  stage.addEventListener("wheel", (event) => turnWheel(event, zoom), { passive: false });
  letDrag(stage);
  viewer.addEventListener("close", () => {
    figure.style.removeProperty("--zoom");
    place.replaceWith(figure);
    viewer.remove();
    if (document.fullscreenElement) document.exitFullscreen();
  });
  figure.replaceWith(place);
  stage.append(figure);
  document.body.append(viewer);
  // Before the dialog, which would else lie under the page. Where it is not allowed, the window is large enough.
  await document.documentElement.requestFullscreen?.().catch(() => {});
  viewer.showModal();
  zoom(0);
  close.focus();
}

function sign(text, name, onClick) {
  const made = button(text, onClick, "sign");
  made.ariaLabel = name;
  made.title = name;
  return made;
}

/** Enlarges, and keeps the middle of the stage where it is. */
function magnify(stage, figure, factor, zoom) {
  const middle = (start, length) => (start + length / 2) * factor - length / 2;
  const left = middle(stage.scrollLeft, stage.clientWidth);
  const top = middle(stage.scrollTop, stage.clientHeight);
  figure.style.setProperty("--zoom", zoom);
  stage.classList.toggle("zoomed", zoom > 1);
  stage.scrollTo(left, top);
}

/** Two fingers on a touchpad come as a wheel with the control key. */
function turnWheel(event, zoom) {
  if (!event.ctrlKey) return;
  event.preventDefault();
  zoom(event.deltaY < 0 ? 1 : -1);
}

/** A mouse drags an enlarged photo; fingers scroll it anyway. */
function letDrag(stage) {
  stage.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || event.buttons !== 1 || !stage.classList.contains("zoomed")) return;
    stage.scrollBy(-event.movementX, -event.movementY);
  });
}
