// Before and after in one picture, with a divider that is moved by pointer, finger or keyboard.

import { element, shape } from "./elements.js";
import { say } from "./words.js";

/** The picture, its `showFaces(on)`, its `showDamage(on)`, and its `showBefore(on)`: the whole photo as it was sent. */
export function compare(view) {
  const before = element("img", { src: `${view.urls.original}?preview`, alt: say("before-alt"), draggable: false });
  const after = element("img", { src: `${view.urls.result}?preview`, alt: say("after-alt"), draggable: false });
  after.className = "after";
  const boxes = faceBoxes(view.report.faces, before);
  const damage = damageOverlay();
  const range = element("input", { type: "range", min: 0, max: 100, value: 50, ariaLabel: say("compare") });
  const figure = element("figure", { className: "compare" }, [
    before,
    after,
    damage,
    boxes,
    tag("before"),
    tag("after"),
    range,
    element("span", { className: "divider", ariaHidden: "true" }),
  ]);
  figure.style.setProperty("--ratio", view.report.width / view.report.height);
  figure.style.setProperty("--pixels", view.report.width);
  for (const photo of [before, after]) {
    photo.addEventListener("error", () => {
      figure.replaceWith(element("p", { className: "muted", textContent: say("expired") }));
    });
  }
  range.addEventListener("input", () => divide(figure, range));
  divide(figure, range);
  return {
    figure,
    showBefore: (on) => figure.classList.toggle("before-only", on),
    showFaces: (on) => boxes.classList.toggle("shown", on),
    showDamage: (on) => {
      // Loaded when it is asked for: few people look.
      damage.style.maskImage = `url("${view.urls.damage}")`;
      damage.classList.toggle("shown", on);
    },
  };
}

/** A colour over what was taken for damage. */
function damageOverlay() {
  const overlay = element("div", { className: "damage", ariaLabel: say("damage-alt") });
  overlay.setAttribute("role", "img");
  return overlay;
}

function divide(figure, range) {
  const share = Number(range.value);
  figure.style.setProperty("--divide", `${share}%`);
  range.setAttribute("aria-valuetext", `${say("before")} ${share} %, ${say("after")} ${100 - share} %`);
  figure.classList.toggle("hides-before", share < 18);
  figure.classList.toggle("hides-after", share > 82);
}

function tag(side) {
  return element("span", { className: `tag tag-${side}`, ariaHidden: "true", textContent: say(side) });
}

/** Frames around the faces. Their places are in the pixels of the photo as it was sent. */
function faceBoxes(faces, photo) {
  const drawing = shape("svg", { class: "boxes", "aria-hidden": "true", preserveAspectRatio: "none" });
  photo.addEventListener("load", () => {
    const width = photo.naturalWidth;
    drawing.setAttribute("viewBox", `0 0 ${width} ${photo.naturalHeight}`);
    drawing.replaceChildren(...faces.flatMap((face) => faceBox(face, width)));
  });
  return drawing;
}

function faceBox(face, photoWidth) {
  const [left, top, right, bottom] = face.box;
  const size = Math.max(photoWidth / 26, 9);
  const kind = face.restored ? "face" : "face left-alone";
  const frame = { class: kind, x: left, y: top, width: right - left, height: bottom - top, rx: size / 5 };
  // Above the frame, where it hides nothing of the face; inside where there is no room above.
  const y = top > size * 1.2 ? top - size * 0.25 : top + size;
  const number = shape("text", { class: kind, x: left + size * 0.1, y, "font-size": size });
  number.textContent = face.number;
  return [shape("rect", frame), number];
}
