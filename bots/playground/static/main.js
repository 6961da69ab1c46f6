// The page: takes photos and words from the visitor, and has them answered.

import { Offline, Refusal, get, newMessage, post, sendPhoto } from "./api.js";
import { Reply, fromUs, fromVisitor, photoFromVisitor } from "./bubbles.js";
import { found, lost } from "./connection.js";
import { askNow, follow } from "./follow.js";
import { confirmDeletion, settingsForm } from "./preferences.js";
import { learn, say } from "./words.js";

const RETRY_MS = 2000;
const at = (id) => document.getElementById(id);
let facts;
let sending = Promise.resolve();

/** Photos go one after the other: the second may find the quota used up, and then says so. */
function sendAll(files) {
  for (const file of files) {
    sending = sending.then(() => send(file, newMessage(), true));
  }
}

async function send(file, message, isNew) {
  if (isNew) photoFromVisitor(URL.createObjectURL(file), file.name);
  if (file.size > facts.max_photo_bytes) {
    fromUs(facts.too_large, "refusal");
    return;
  }
  const reply = new Reply(say("sending"));
  try {
    const { job } = await sendPhoto(file, message, (fraction) => reply.sending(fraction));
    found();
    answer(job, reply);
  } catch (error) {
    if (error instanceof Refusal) reply.refuse(error.text);
    else if (error instanceof Offline) {
      reply.refuse(say("not-sent"), () => {
        reply.remove();
        send(file, message, false);
      });
    } else throw error;
  }
}

/** Follows a job and shows how it ends. */
async function answer(job, reply) {
  reply.wait(job.text, say("cancel"), () => cancel(job));
  try {
    const view = job.finished ? job : await follow(job, (progress) => reply.progress(progress));
    at("quota").textContent = view.quota.text;
    conclude(view, reply, view.quota.text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    reply.refuse(error.text);
  }
}

function conclude(view, reply, quota = "") {
  const onAdjust = (asked, pressed) => adjust(view, asked, pressed);
  if (view.report) reply.show(view, onAdjust, quota);
  else reply.refuse(view.text, null, view.adjustments, onAdjust);
}

async function cancel(job) {
  try {
    await post(`${job.urls.self}/cancel`, {});
  } catch (error) {
    // It was finished in the meantime, or is out of reach: asking tells.
    if (!(error instanceof Refusal || error instanceof Offline)) throw error;
  }
  askNow();
}

async function adjust(view, asked, pressed) {
  pressed.disabled = true;
  try {
    const { job } = await post(`${view.urls.self}/adjust`, { ...asked, message: newMessage() });
    fromVisitor(job.asked || pressed.textContent);
    answer(job, new Reply(job.text));
  } catch (error) {
    fromVisitor(pressed.textContent);
    fromUs(error instanceof Refusal ? error.text : say("not-sent"), "refusal");
  }
  pressed.disabled = false;
}

async function speak(text) {
  fromVisitor(text);
  try {
    const said = await post("/commands", { text });
    const answered = fromUs(said.text);
    if (said.settings) settingsForm(answered, said.settings);
    if (said.confirm) confirmDeletion(answered, said.confirm);
    at("quota").textContent = said.quota;
    if (text.startsWith("/cancel")) askNow();
  } catch (error) {
    fromUs(error instanceof Refusal ? error.text : say("not-sent"), "refusal");
  }
}

async function sendSample() {
  const name = facts.sample.split("/").pop();
  try {
    const photo = await (await fetch(facts.sample)).blob();
    sendAll([new File([photo], name, { type: photo.type })]);
  } catch {
    fromUs(say("not-sent"), "refusal");
  }
}

/** What was said before the page was loaded anew. */
async function showHistory() {
  const { jobs } = await get("/history");
  for (const job of jobs) {
    if (job.parent) fromVisitor(job.asked);
    else photoFromVisitor(`${job.urls.original}?preview`, job.name);
    const reply = new Reply(job.text);
    if (job.finished) conclude(job, reply);
    else answer(job, reply);
  }
}

function listenForPhotos() {
  const pick = () => at("file").click();
  at("drop").addEventListener("click", pick);
  at("add").addEventListener("click", pick);
  at("file").addEventListener("change", () => {
    sendAll([...at("file").files]);
    at("file").value = "";
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) {
      event.preventDefault();
      sendAll(files);
    }
  });
  listenForDrops();
}

/** A photo may be let go anywhere on the page. */
function listenForDrops() {
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    at("veil").hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    // Without a target inside the page, it has left the window.
    if (!event.relatedTarget) at("veil").hidden = true;
  });
  document.addEventListener("drop", (event) => {
    at("veil").hidden = true;
    if (!carriesFiles(event)) return;
    event.preventDefault();
    sendAll([...event.dataTransfer.files]);
  });
}

function listenForWords() {
  at("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = at("text").value.trim();
    at("text").value = "";
    if (text) speak(text);
  });
}

async function begin() {
  // Alone and first: a new visitor gets their cookie with it, and everything after carries it.
  facts = await get("/texts");
  learn(facts.texts);
  at("sample").hidden = !facts.sample;
  at("sample").addEventListener("click", sendSample);
  listenForPhotos();
  listenForWords();
  const [quota] = await Promise.all([get("/quota"), showHistory()]);
  at("quota").textContent = quota.text;
  document.documentElement.dataset.ready = "yes";
}

begin().catch((error) => {
  if (!(error instanceof Offline || error instanceof Refusal)) throw error;
  // Nothing can be said yet in the visitor's language without the server: the page is loaded again once it is back.
  if (facts) lost();
  setTimeout(() => location.reload(), RETRY_MS);
});
