// Choosing among a photo's faces: a button for each, which says what happens to it.

import { Refusal, get } from "./api.js";
import { button, element } from "./elements.js";
import { downloadLink } from "./sharing.js";
import { announce, say } from "./words.js";

/** A button that opens the choice, and the choice. `onChoose` is called with the faces' states and the button. */
export function faceChoice({ choice, urls }, onChoose, showFaces) {
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
  const album = element("div", { className: "album", hidden: true });
  const cards = opens(choice.cards, album, () => album.hidden || album.querySelector(".cards") || fill(album, urls));
  const panel = element("div", { className: "chooser", hidden: true }, [
    element("p", { className: "words", textContent: choice.text }),
    element("div", { className: "actions" }, [...faces, restore, cards]),
    note,
    album,
  ]);
  const opener = opens(choice.button, panel, () => showFaces(!panel.hidden));
  return { opener, panel };
}

/** A button that shows and hides an element. */
function opens(text, shown, onSwitch) {
  const made = button(text, () => {
    shown.hidden = !shown.hidden;
    made.setAttribute("aria-expanded", String(!shown.hidden));
    onSwitch();
  });
  made.setAttribute("aria-expanded", "false");
  return made;
}

/** Each restored face by itself, with its row and place; a press on it downloads it. */
async function fill(album, urls) {
  const waiting = element("progress", { ariaLabel: say("progress") });
  album.replaceChildren(waiting);
  try {
    const { cards } = await get(urls.faces);
    const items = cards.map(({ text, name, jpeg }) => {
      const source = URL.createObjectURL(new Blob([fromBase64(jpeg)], { type: "image/jpeg" }));
      const link = downloadLink(source, "", "card");
      link.download = name;
      link.append(element("img", { src: source, alt: "" }), element("span", { textContent: text }));
      return element("li", {}, [link]);
    });
    const all = downloadLink(urls.faces_archive, say("download-cards"));
    album.replaceChildren(element("ol", { className: "cards" }, items), element("div", { className: "actions" }, [all]));
  } catch (error) {
    // Opened again, it asks again.
    const text = error instanceof Refusal ? error.text : say("not-sent");
    album.replaceChildren(element("p", { className: "note", textContent: text }));
    announce(text);
  }
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
