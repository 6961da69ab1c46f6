// Choosing among a photo's faces: a button for each, which says what happens to it.

import { button, element } from "./elements.js";
import { announce } from "./words.js";

/** A button that opens the choice, and the choice. `onChoose` is called with the faces' states and the button. */
export function faceChoice(choice, onChoose, showFaces) {
  const states = [...choice.states];
  const label = (place) => `${choice.numbers[place]} ${choice.marks[states[place]]}`;
  const faces = choice.numbers.map((number, place) => {
    const made = button(label(place), () => {
      states[place] = choice.next[states[place]];
      made.textContent = label(place);
    });
    return made;
  });
  const note = element("p", { className: "note", hidden: true, textContent: choice.none });
  const restore = button(choice.restore, () => {
    const isNone = states.every((state) => state === choice.leave);
    note.hidden = !isNone;
    if (isNone) announce(choice.none);
    else onChoose({ faces: states.join("") }, restore);
  });
  restore.classList.add("primary");
  const panel = element("div", { className: "chooser", hidden: true }, [
    element("p", { className: "words", textContent: choice.text }),
    element("div", { className: "actions" }, [...faces, restore]),
    note,
  ]);
  const opener = button(choice.button, () => {
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
    showFaces(!panel.hidden);
  });
  opener.setAttribute("aria-expanded", "false");
  return { opener, panel };
}
