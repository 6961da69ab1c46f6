// The visitor's settings as a form, and the question before everything is deleted.

import { Refusal, post } from "./api.js";
import { fromUs } from "./bubbles.js";
import { button, element } from "./elements.js";
import { announce, say } from "./words.js";

/** Puts the form of the settings into a bubble. Each choice counts at once. */
export function settingsForm(bubble, fields) {
  bubble.append(element("div", { className: "settings" }, fields.map(settingField)));
}

function settingField(field) {
  const options = field.values.map(({ value, text }) =>
    element("option", { value, textContent: text, selected: value === field.value }),
  );
  const chooser = element("select", {}, options);
  const note = element("span", { className: "note" });
  chooser.addEventListener("change", async () => {
    try {
      await post("/settings", { name: field.name, value: chooser.value });
    } catch (error) {
      note.textContent = error instanceof Refusal ? error.text : say("not-sent");
      announce(note.textContent);
      return;
    }
    // Every sentence of the page changes with the language.
    if (field.name === "language") location.reload();
    note.textContent = say("saved");
    announce(note.textContent);
  });
  return element("label", {}, [element("span", { textContent: field.text }), chooser, note]);
}

/** Puts a button into a bubble that deletes everything. */
export function confirmDeletion(bubble, text) {
  const pressed = button(text, async () => {
    pressed.disabled = true;
    try {
      const { text: done } = await post("/forget", {});
      document.getElementById("chat").replaceChildren();
      fromUs(done);
    } catch (error) {
      pressed.disabled = false;
      fromUs(error instanceof Refusal ? error.text : say("not-sent"), "refusal");
    }
  }, "danger");
  bubble.append(element("div", { className: "actions" }, [pressed]));
}
