// What a visitor takes with them: copies, shares and downloads.

import { button, element } from "./elements.js";
import { announce, say } from "./words.js";

/** A link that downloads a file. */
export function downloadLink(href, text, className = "button") {
  const made = element("a", { className, href, textContent: text });
  made.setAttribute("download", "");
  return made;
}

/** Buttons that copy and share a restored photo, where the browser can. */
export function copyAndShare(view) {
  const made = [];
  if (window.ClipboardItem && navigator.clipboard?.write) {
    made.push(button(say("copy"), (event) => copy(view.urls.result, event.currentTarget)));
  }
  const sample = new File([], "photo.jpg", { type: "image/jpeg" });
  if (navigator.canShare?.({ files: [sample] })) made.push(button(say("share"), () => share(view)));
  return made;
}

/** Before and after as files, folded up. */
export function beforeAndAfter(view) {
  const links = [downloadLink(view.urls.clip, say("share-clip")), downloadLink(view.urls.card, say("share-card"))];
  const summary = element("summary", { textContent: say("share-both") });
  return element("details", {}, [summary, element("div", { className: "actions" }, links)]);
}

const all = () => document.getElementById("all");

/** Offers all results in one file below the newest one, once there are several. */
export function offerAll(actions) {
  if (document.querySelectorAll(".bubble.result").length < 2) return;
  const link = all() ?? Object.assign(downloadLink("/results.zip", say("download-all")), { id: "all" });
  actions.append(link);
}

async function copy(address, pressed) {
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": asPng(address) })]);
    tell(pressed, say("copied"));
  } catch {
    tell(pressed, say("not-copied"));
  }
}

/** Clipboards take PNG only. */
async function asPng(address) {
  const photo = await createImageBitmap(await (await fetch(`${address}?preview`)).blob());
  const canvas = element("canvas", { width: photo.width, height: photo.height });
  canvas.getContext("2d").drawImage(photo, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

async function share(view) {
  try {
    const blob = await (await fetch(`${view.urls.result}?preview`)).blob();
    const name = `magic-memory.${blob.type.split("/")[1]}`;
    await navigator.share({ files: [new File([blob], name, { type: blob.type })] });
  } catch {
    // The visitor changed their mind, or the browser did; the photo is still there.
  }
}

/** A sentence below the buttons, once. */
function tell(pressed, text) {
  const actions = pressed.closest(".actions");
  actions.nextElementSibling?.matches(".note") && actions.nextElementSibling.remove();
  actions.after(element("p", { className: "note", textContent: text }));
  announce(text);
}
