// Keeps what is typed until it is sent: on this device, and for long forms of the office as a draft at the server.
// Files are not kept. Without JavaScript "Simpan dulu" and "Simpan konsep" store everything at the server.
"use strict";

(() => {
const page = document.currentScript.dataset;
const bar = document.querySelector("[data-editor]"), offline = document.querySelector("[data-offline]");
const form = (bar ?? offline)?.closest("form");

/* The copy on this device. Storage may be unavailable (private window, full phone): the page works without it. */

const WEEK = 7 * 24 * 3600 * 1000, MONTH = 30 * 24 * 3600 * 1000; // milliseconds

function storage(verb, ...values) {
  try { return localStorage[verb](...values); } catch { return null; }
}

function names(prefix) {
  try { return Object.keys(localStorage).filter((name) => name.startsWith(prefix)); } catch { return []; }
}

function store(name, copy) {
  storage("setItem", name, JSON.stringify({ ...copy, at: Date.now() }));
}

function forget(name) {
  storage("removeItem", name);
  return null;
}

function load(name, lifetime) {
  let copy = null;
  try { copy = JSON.parse(storage("getItem", name)); } catch { /* invalid */ }
  return copy?.at > Date.now() - lifetime ? copy : forget(name);
}

// Names and values of the fields, without files and without `others`.
function typed(...others) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !others.includes(name));
}

function fill(entries) {
  const values = new Map();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
  form.dispatchEvent(new CustomEvent("draft:fill", { detail: values }));
  for (const field of form.elements) {
    if (["file", "submit", "button"].includes(field.type)) continue;
    const given = values.get(field.name) ?? [], isBox = ["checkbox", "radio"].includes(field.type);
    const value = isBox ? given.includes(field.value) : given.shift();
    if (isBox) field.checked = value;
    else if (value === undefined) continue;
    else if (!field.options || [...field.options].some((option) => option.value === value)) field.value = value;
    if (value && field.type !== "hidden") field.closest("details.more")?.setAttribute("open", "");
  }
}

if (page.sent) {
  // The phone may be shared. If the case has not changed since, the input was not sent.
  names(`rembuk-${page.sent}`).filter((name) => load(name, WEEK)?.asOf !== page.asOf).forEach(forget);
} else if (bar) keepDraft();
else if (form) {
  if (form.dataset.keep) keepRequest();
  if (form.elements.identity) hideContact();
  send();
}

/* Forms of applicants */

function keepRequest() {
  const { keep, resume } = form.dataset, place = `rembuk-${keep}`;
  // Time of the draft on the server, empty if there is none. Newer input exists only in this browser.
  let asOf = form.dataset.asOf ?? "";
  let isChoosing = false; // a file, which would be lost with this page
  for (const name of ["click", "change"]) {
    form.addEventListener(name, (event) => { isChoosing ||= event.target.type === "file"; });
  }
  const restored = document.querySelector("[data-restored]"), saved = load(place, WEEK);
  const isMine = saved && (!asOf || (saved.isNewer && saved.asOf === asOf));
  if (isMine) fill(saved.typed);
  else if (resume) save(false);
  if (restored) restored.hidden = !isMine;
  if (isMine && saved.asOf && !asOf) leadToDraft();
  // A reload shows the draft and not an empty form.
  if (resume) history.replaceState(null, "", new URL(resume).pathname + location.hash);
  form.addEventListener("input", () => save(true));
  form.addEventListener("submit", (event) => { if (event.submitter?.name === "hapus") forget(place); });
  restored?.querySelector("[data-forget]").addEventListener("click", () => {
    forget(place);
    location.replace(form.action);
  });

  function save(isNewer) {
    // Who complains in secret is not stored: others may use the same phone.
    const isHidden = (form.elements.identity?.value ?? "OPEN") !== "OPEN";
    const identifying = isHidden ? [...form.querySelectorAll("[data-identifies]")].map((field) => field.name) : [];
    store(place, { typed: typed("csrfmiddlewaretoken", "homepage", "remove", ...identifying), isNewer, asOf });
  }

  // Leave an empty form for the page of its draft, which shows the files too. Both save the same draft.
  async function leadToDraft() {
    const draft = `${form.action}${new Map(saved.typed).get("submission_token")}/`;
    asOf = saved.asOf; // for input typed meanwhile
    const answer = await fetch(draft, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok && !isChoosing) location.replace(draft);
    else if (answer && !answer.ok) asOf = ""; // the server has deleted it
  }
}

// An anonymous complaint has no contact fields.
function hideContact() {
  const contact = form.querySelectorAll("#div_id_applicant_name, #div_id_phone, #kontak details");
  const hide = () => contact.forEach((part) => { part.hidden = form.elements.identity.value === "ANONYMOUS"; });
  form.addEventListener("change", hide);
  addEventListener("pageshow", hide); // browsers restore the choice after this script has run
  hide();
}

function send() {
  const TIMEOUT = 8000, RETRY_INTERVAL = 15000;
  let isSending = false, isSure = false, button = null;
  form.addEventListener("submit", async (event) => {
    button = event.submitter;
    if (isSure) return void (isSure = false);
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    form.setAttribute("aria-busy", "true");
    offline.hidden = true;
    if (await isConnected()) {
      isSure = true;
      form.requestSubmit(button);
    } else {
      offline.hidden = false;
      offline.scrollIntoView({ block: "nearest" });
      settle();
    }
  });
  const again = () => { if (!offline.hidden) form.requestSubmit(button); };
  offline.querySelector("[data-retry]").addEventListener("click", again);
  addEventListener("online", again);
  // The browser may not notice that the network is back.
  setInterval(async () => { if (!offline.hidden && await isConnected()) again(); }, RETRY_INTERVAL);
  addEventListener("pageshow", settle); // the back button: the form may be sent again

  function settle() {
    isSending = isSure = false;
    form.removeAttribute("aria-busy");
  }

  function isConnected() {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), TIMEOUT);
    const answer = fetch("/healthz", { method: "HEAD", cache: "no-store", signal: stop.signal });
    return answer.then(() => true, () => false).finally(() => clearTimeout(timer));
  }
}

/* Long forms of the office. The texts of messages are data attributes of the page. */

function keepDraft() {
  const PREFIX = "rembuk-konsep:", PAUSE = 1500, RETRY = 5000;
  const { version, window: ownName, seen } = form.elements;
  const place = `${PREFIX}${bar.dataset.user}:${bar.dataset.save}`;
  const state = bar.querySelector("[data-status]");
  const choice = bar.querySelector("[data-choice]"), foundChoice = bar.querySelector("[data-found-choice]");
  let edits = 0, saved = 0; // number of changes typed, and on the server
  let timer = 0, newer = "";
  let isBusy = false, isLeaving = false;
  let isStopped = false; // until the user chooses

  const entries = () => typed("csrfmiddlewaretoken", "version", "window", "seen");

  function remember() {
    if (!foundChoice.hidden) return; // the user still has to choose between two copies
    store(place, { version: version.value, seen: seen.value, by: ownName.value, typed: entries() });
  }

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

  function changed(wait = PAUSE) {
    edits += 1;
    later(wait);
  }

  function post(more = {}) {
    const body = new FormData();
    for (const [name, value] of typed()) body.append(name, value);
    const headers = { Accept: "application/json" };
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
        if (saved === edits) forget(place);
        say(body.message);
        return PAUSE;
      }
      if (answer.status === 409) halt(body.message, Boolean(newer = body.newer));
      else say(body.message, true);
    }
    return edits === sent ? 0 : PAUSE;
  }

  form.addEventListener("input", () => changed());
  form.addEventListener("change", () => changed());
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
    if (["buang", "ambil"].includes(submitter?.name)) forget(place);
    else if (saved !== edits) remember();
  });

  // Another form of the page leads away from this one: save first.
  let isSure = false;
  document.querySelector("form[data-after-draft]")?.addEventListener("submit", async (event) => {
    if (isSure || isStopped || saved === edits) return;
    event.preventDefault();
    for (let tries = 0; tries < 12 && saved !== edits && !isStopped; tries += 1) {
      await save();
      if (saved !== edits) await new Promise((resolve) => { setTimeout(resolve, 250); });
    }
    isSure = true;
    event.target.requestSubmit(event.submitter);
    isSure = false;
  });

  bar.addEventListener("click", (event) => {
    const { saveNow, use, copy } = event.target.closest("button, [type=submit]")?.dataset || {};
    if (saveNow !== undefined && !isStopped) {
      event.preventDefault();
      changed(0);
    }
    if (use === "here") {
      seen.value = newer;
      isStopped = false;
      choice.hidden = true;
      changed(0);
    }
    if (use === "saved") {
      forget(place);
      isLeaving = true;
      location.assign(location.pathname);
    }
    if (copy) {
      foundChoice.hidden = true;
      isStopped = false;
      if (copy === "use") {
        fill(load(place, MONTH).typed);
        changed();
      } else {
        forget(place);
        say("");
        later(0);
      }
    }
  });

  // Restore what an earlier window could not save, once all scripts of the form are ready.
  addEventListener("DOMContentLoaded", () => {
    names(PREFIX).forEach((name) => load(name, MONTH)); // forgets old ones
    const copy = load(place, MONTH);
    if (copy && (copy.version !== version.value || JSON.stringify(copy.typed) === JSON.stringify(entries()))) forget(place);
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
}
})();
