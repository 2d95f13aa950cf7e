// Long forms of the office: saves what is typed as a draft at the server, and on this device until then.
// Without JavaScript the same buttons submit the form. The texts of messages are data attributes of the page.
"use strict";

(() => {
const bar = document.querySelector("[data-editor]");
const form = bar.closest("form");
const { version, window: ownName, seen } = form.elements;

/* Copy on this device until the server has saved the changes */

const OWN = ["csrfmiddlewaretoken", "version", "window", "seen"];
const PREFIX = "rembuk-konsep:";
const MONTH = 30 * 24 * 3600 * 1000;
const place = `${PREFIX}${bar.dataset.user}:${bar.dataset.save}`;

const isText = ([, value]) => typeof value === "string"; // files are not stored
const typed = () => [...new FormData(form)].filter(isText).filter(([name]) => !OWN.includes(name));

function remember() {
  if (!foundChoice.hidden) return; // the user still has to choose between two copies
  const copy = { version: version.value, seen: seen.value, by: ownName.value, at: Date.now(), typed: typed() };
  try { localStorage.setItem(place, JSON.stringify(copy)); } catch { /* storage full or blocked: the draft on the server remains */ }
}

function remembered(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

function forget(name = place) {
  try { localStorage.removeItem(name); } catch { /* storage blocked: nothing is stored */ }
}

function storedNames() {
  try { return Object.keys(localStorage); } catch { return []; } // storage blocked: nothing is stored
}

function forgetOld() {
  for (const name of storedNames()) {
    if (name.startsWith(PREFIX) && !(remembered(name)?.at > Date.now() - MONTH)) forget(name);
  }
}

function fill(entries) {
  const values = new Map();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) || []), value]);
  form.dispatchEvent(new CustomEvent("draft:fill", { detail: values }));
  for (const box of form.querySelectorAll("[type=checkbox], [type=radio]")) {
    box.checked = (values.get(box.name) || []).includes(box.value);
  }
  for (const [name, found] of values) {
    const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=checkbox], [type=radio])`)];
    found.forEach((value, index) => { if (inputs[index]) inputs[index].value = value; });
  }
}

/* The draft on the server */

const PAUSE = 1500;
const RETRY = 5000;
const state = bar.querySelector("[data-status]");
const choice = bar.querySelector("[data-choice]");
const foundChoice = bar.querySelector("[data-found-choice]");
let edits = 0; // number of changes typed
let saved = 0; // number of changes on the server
let timer = 0;
let isBusy = false;
let isStopped = false; // until the user chooses
let isLeaving = false;
let newer = "";

function say(sentence, isWarning = false) {
  if (state.textContent !== sentence) state.textContent = sentence;
  bar.classList.toggle("is-warning", isWarning);
}

function halt(sentence, isConflict = false) {
  isStopped = true;
  choice.hidden = !isConflict;
  say(sentence, true);
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

function changed() {
  edits += 1;
  later(PAUSE);
}

function post(more = {}) {
  const headers = { Accept: "application/json" };
  const body = new FormData();
  for (const [name, value] of [...new FormData(form)].filter(isText)) body.append(name, value);
  return fetch(bar.dataset.save, { method: "POST", body, headers, redirect: "manual", ...more });
}

async function save() {
  if (saved === edits) return;
  remember();
  if (isBusy || isStopped) return;
  isBusy = true;
  const sent = edits;
  let wait = PAUSE;
  try {
    wait = await handleAnswer(await post(), sent);
  } catch {
    say(bar.dataset.retry, true);
    wait = RETRY;
  }
  isBusy = false;
  if (saved !== edits && !isStopped && wait) later(wait);
}

// Handle the answer of the server. Return the milliseconds until the next try, 0: wait for the next change.
async function handleAnswer(answer, sent) {
  if (answer.status >= 500) throw new Error(String(answer.status));
  if (answer.type === "opaqueredirect" || answer.status === 403) halt(bar.dataset.login);
  else if (answer.status === 400 || answer.status === 413) say(bar.dataset.tooLong, true);
  else {
    const body = await answer.json();
    if (answer.ok) {
      saved = sent;
      seen.value = body.seen;
      if (saved === edits) forget();
      say(body.message);
      return PAUSE;
    }
    if (answer.status === 409) halt(body.message, Boolean(newer = body.newer));
    else say(body.message, true);
  }
  return edits === sent ? 0 : PAUSE;
}

form.addEventListener("input", changed);
form.addEventListener("change", changed);
addEventListener("online", () => later(0));
addEventListener("pageshow", () => { isLeaving = false; });
addEventListener("pagehide", () => {
  if (saved === edits || isLeaving) return;
  remember();
  if (!isStopped) post({ keepalive: true }).catch(() => {});
});
document.addEventListener("visibilitychange", () => { if (document.hidden) later(0); });

form.addEventListener("submit", ({ submitter }) => {
  if (submitter?.formTarget === "_blank") return;
  isLeaving = true;
  clearTimeout(timer);
  if (["buang", "ambil"].includes(submitter?.name)) forget();
  else if (saved !== edits) remember();
});

bar.addEventListener("click", (event) => {
  const { saveNow, use, copy } = event.target.closest("button, [type=submit]")?.dataset || {};
  if (saveNow !== undefined && !isStopped) {
    event.preventDefault();
    edits += 1;
    later(0);
  }
  if (use === "here") {
    seen.value = newer;
    isStopped = false;
    choice.hidden = true;
    edits += 1;
    later(0);
  }
  if (use === "saved") {
    forget();
    isLeaving = true;
    location.assign(location.pathname);
  }
  if (copy) {
    foundChoice.hidden = true;
    isStopped = false;
    if (copy === "use") {
      fill(remembered(place).typed);
      changed();
    } else {
      forget();
      say("");
      later(0);
    }
  }
});

/* Restore what an earlier window could not save, once all scripts of the form are ready */

addEventListener("DOMContentLoaded", () => {
  forgetOld();
  const copy = remembered(place);
  if (copy && (copy.version !== version.value || JSON.stringify(copy.typed) === JSON.stringify(typed()))) forget();
  else if (copy && (copy.seen === seen.value || copy.by === bar.dataset.savedBy)) {
    fill(copy.typed);
    changed();
    say(bar.dataset.restored);
  } else if (copy) {
    isStopped = true;
    foundChoice.hidden = false;
    say(bar.dataset.found, true);
  }
});
})();
