// Makes elements. Text always goes in as text: nothing a photo or its name says is ever read as HTML.

export function element(name, properties = {}, children = []) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function shape(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function button(text, onClick, className = "") {
  const made = element("button", { type: "button", className, textContent: text });
  made.addEventListener("click", onClick);
  return made;
}
