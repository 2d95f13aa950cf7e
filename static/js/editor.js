// The report's editor: saves the draft while somebody types, adds and removes items.
// Everything works without it, by the same buttons. Its sentences stand in the page, as data-attributes.
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

/* A copy on this device, until the server has what was typed */

const OWN = ["csrfmiddlewaretoken", "version", "window", "seen"];
const PREFIX = "rembuk-konsep:";
const MONTH = 30 * 24 * 3600 * 1000;
const place = `${PREFIX}${bar.dataset.user}:${bar.dataset.save}`;

const typed = () => [...new FormData(form)].filter(([name]) => !OWN.includes(name));

function remember() {
  if (!foundChoice.hidden) return; // it holds what somebody still decides about
  const copy = { version: version.value, seen: seen.value, by: ownName.value, at: Date.now(), typed: typed() };
  try { localStorage.setItem(place, JSON.stringify(copy)); } catch { /* full, or not allowed: the server's draft remains */ }
}

function remembered(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

function forget(name = place) {
  try { localStorage.removeItem(name); } catch { /* nothing was kept */ }
}

function namesKept() {
  try { return Object.keys(localStorage); } catch { return []; } // not allowed: nothing was kept
}

function forgetOld() {
  for (const name of namesKept()) {
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
let edits = 0; // what was typed
let kept = 0; // what the server has
let timer = 0;
let isBusy = false;
let isStopped = false; // until somebody decides
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
  if (kept === edits) return;
  remember();
  if (isBusy || isStopped) return;
  isBusy = true;
  const sent = edits;
  let wait = PAUSE;
  try {
    wait = await heard(await post(), sent);
  } catch {
    say(bar.dataset.retry, true);
    wait = RETRY;
  }
  isBusy = false;
  if (kept !== edits && !isStopped && wait) later(wait);
}

// What the server answered; returns how long to wait before trying again, 0 for "until something is typed".
async function heard(answer, sent) {
  if (answer.status >= 500) throw new Error(String(answer.status));
  if (answer.type === "opaqueredirect" || answer.status === 403) halt(bar.dataset.login);
  else if (answer.status === 400 || answer.status === 413) say(bar.dataset.tooLong, true);
  else {
    const told = await answer.json();
    if (answer.ok) {
      kept = sent;
      seen.value = told.seen;
      if (kept === edits) forget();
      say(told.message);
      return PAUSE;
    }
    if (answer.status === 409) halt(told.message, Boolean(newer = told.newer));
    else say(told.message, true);
  }
  return edits === sent ? 0 : PAUSE;
}

form.addEventListener("input", changed);
form.addEventListener("change", changed);
addEventListener("online", () => later(0));
addEventListener("pageshow", () => { isLeaving = false; });
addEventListener("pagehide", () => {
  if (kept === edits || isLeaving) return;
  remember();
  if (!isStopped) post({ keepalive: true }).catch(() => {});
});
document.addEventListener("visibilitychange", () => { if (document.hidden) later(0); });

form.addEventListener("submit", ({ submitter }) => {
  if (submitter?.formTarget === "_blank") return;
  isLeaving = true;
  clearTimeout(timer);
  if (submitter?.name === "buang") forget();
  else if (kept !== edits) remember();
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

/* What an earlier window could not save any more */

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
