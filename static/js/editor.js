// Editor of the report: saves the draft while the officer types, adds and removes items.
// Without JavaScript the same buttons submit the form. The texts of messages are data attributes of the page.
"use strict";

const bar = document.querySelector("[data-editor]");
const form = bar.closest("form");
const { version, window: ownName, seen } = form.elements;

/* Items: rows of one kind */

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];
const inputsOf = (row) => [...row.querySelectorAll("textarea, input")];
const isEmpty = (row) => inputsOf(row).every((input) => !input.value.trim());
const removed = new Map();

function renumber(list) {
  rowsOf(list).forEach((row, index) => {
    const name = `${list.dataset.label} ${index + 1}`;
    const start = new RegExp(`^${list.dataset.items}_\\d+`);
    for (const attribute of ["id", "for", "aria-describedby"]) {
      for (const element of row.querySelectorAll(`[${attribute}]`)) {
        const old = element.getAttribute(attribute);
        element.setAttribute(attribute, old.replace(start, `${list.dataset.items}_${index + 1}`));
      }
    }
    row.querySelectorAll("[data-name]").forEach((place) => { place.textContent = name; });
  });
  list.querySelector("[data-add]").disabled = rowsOf(list).length >= Number(list.dataset.most);
}

function clear(row) {
  row.querySelectorAll(".invalid-feedback").forEach((error) => error.remove());
  for (const input of inputsOf(row)) {
    input.value = "";
    input.classList.remove("is-invalid");
    ["aria-invalid", "aria-describedby", "autofocus"].forEach((name) => input.removeAttribute(name));
  }
}

function emptyRow(list, after) {
  const row = after.cloneNode(true);
  clear(row);
  after.after(row);
  renumber(list);
  return row;
}

function add(list, after) {
  const last = rowsOf(list).at(-1);
  const next = after ? after.nextElementSibling : last;
  const full = list.querySelector("[data-add]").disabled;
  const row = next && isEmpty(next) ? next : full ? last : emptyRow(list, after || last);
  inputsOf(row)[0].focus();
}

function remove(list, row) {
  const place = rowsOf(list).indexOf(row);
  const name = row.querySelector("[data-name]").textContent;
  const back = list.querySelector("[data-restore]");
  if (!isEmpty(row)) {
    removed.set(list, { row: row.cloneNode(true), place });
    back.hidden = false;
  }
  if (rowsOf(list).length === 1) clear(row);
  else row.remove();
  renumber(list);
  inputsOf(rowsOf(list)[Math.min(place, rowsOf(list).length - 1)])[0].focus();
  say(`${name} ${list.dataset.removed}`);
  changed();
}

function restore(list) {
  const { row, place } = removed.get(list);
  const there = rowsOf(list)[place];
  if (there) there.before(row);
  else rowsOf(list).at(-1).after(row);
  list.querySelector("[data-restore]").hidden = true;
  renumber(list);
  inputsOf(row)[0].focus();
  changed();
}

for (const list of form.querySelectorAll("[data-items]")) {
  rowsOf(list).forEach((row) => { row.querySelector("[data-remove]").hidden = false; });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button, [data-add]");
    if (!button) return;
    if ("add" in button.dataset) { event.preventDefault(); add(list); }
    if ("remove" in button.dataset) remove(list, button.closest("[data-row]"));
    if ("restore" in button.dataset) restore(list);
  });
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      add(list, event.target.closest("[data-row]"));
    }
  });
}

/* Copy on this device until the server has saved the changes */

const OWN = ["csrfmiddlewaretoken", "version", "window", "seen"];
const PREFIX = "rembuk-konsep:";
const MONTH = 30 * 24 * 3600 * 1000;
const place = `${PREFIX}${bar.dataset.user}:${bar.dataset.save}`;

const typed = () => [...new FormData(form)].filter(([name]) => !OWN.includes(name));

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
  for (const list of form.querySelectorAll("[data-items]")) {
    const main = inputsOf(rowsOf(list)[0])[0].name;
    const wanted = Math.max(values.get(main)?.length || 0, 1);
    while (rowsOf(list).length < wanted) emptyRow(list, rowsOf(list).at(-1));
    while (rowsOf(list).length > wanted) rowsOf(list).at(-1).remove();
    renumber(list);
  }
  for (const [name, found] of values) {
    const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
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
  return fetch(bar.dataset.save, { method: "POST", body: new FormData(form), headers, redirect: "manual", ...more });
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
  if (submitter?.name === "buang") forget();
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

/* Restore what an earlier window could not save */

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
