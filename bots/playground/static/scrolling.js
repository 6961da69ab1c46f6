// Keeps the newest bubble in sight, unless the visitor is reading further up.

const NEAR_END_PX = 160;
const GAP_PX = 12;
const chat = document.getElementById("chat");
let following = true;

addEventListener("scroll", () => (following = distanceToEnd() < NEAR_END_PX), { passive: true });
// Bubbles also grow by themselves: a picture is loaded, a reply takes the place of a progress bar.
new ResizeObserver(() => following && showNewest()).observe(chat);

/** The visitor has just done something: what comes of it is shown, wherever they were reading. */
export function followNewest() {
  following = true;
  showNewest();
}

/** A bubble that is higher than the window shows its top. */
function showNewest() {
  if (!chat.lastElementChild) return;
  const page = document.scrollingElement;
  const top = chat.lastElementChild.getBoundingClientRect().top + page.scrollTop - GAP_PX;
  page.scrollTop = Math.min(top, page.scrollHeight);
}

function distanceToEnd() {
  const page = document.scrollingElement;
  return page.scrollHeight - page.clientHeight - page.scrollTop;
}
