// Keeps a page of the staff fresh. Asks every few seconds if anything has happened, and fetches the page only then.
// Asking is no activity: it does not extend the session. What changed is shown at once if nobody is at work in it;
// otherwise a bar offers to load the page again, so that nothing moves under a finger and nothing typed is lost.
"use strict";

const SECONDS = 4;
const AGE = 5 * 60 * 1000; // milliseconds after which deadlines may have passed, so that the page is fetched anyway
const QUIET = 3000; // milliseconds without a touch, a key or a scroll before the page may change by itself

const bar = document.querySelector("[data-live-bar]");
const [sentence, button] = bar.children;
const bell = document.querySelector("[data-bell]");
const live = document.querySelector("[data-live]");
const part = () => document.querySelector("[data-live-part]");
let pulse = live?.dataset.live ?? "";
let touched = 0;
let read = Date.now();

for (const kind of ["pointerdown", "keydown", "scroll", "input"]) {
  addEventListener(kind, () => { touched = Date.now(); }, { passive: true, capture: true });
}

const text = (element) => element.textContent.replace(/\s+/g, " ").trim();
const rows = (element) => new Map([...element.querySelectorAll("[data-case]")].map((row) => [row.dataset.case, row]));

function isCalm() {
  const held = part().contains(document.activeElement) || part().querySelector("details.pop[open]");
  return !held && scrollY < 80 && Date.now() - touched > QUIET;
}

function say(words, isOffer) {
  sentence.textContent = words;
  button.hidden = !isOffer;
  bar.hidden = false;
  if (!isOffer) setTimeout(() => { bar.hidden = button.hidden; }, 8000);
}

async function refresh() {
  read = Date.now();
  if ("liveAsk" in live.dataset) { // a page with much to read
    say(bar.dataset.liveChanged, true);
    return;
  }
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live-part]");
  if (!fresh || text(fresh) === text(part())) return;
  const known = rows(part());
  const added = [...rows(fresh)].filter(([code]) => !known.has(code)).map(([, row]) => row);
  const subject = added.length ? text(added[0].querySelector(".subject, h3, a") ?? added[0]) : "";
  const words = subject ? `${bar.dataset.liveAdded} ${subject}` : bar.dataset.liveChanged;
  if (!isCalm()) {
    say(words, true);
    return;
  }
  part().replaceWith(fresh);
  added.forEach((row) => row.classList.add("is-fresh"));
  if (subject) say(words, false);
  else bar.hidden = true;
}

function showUnread(unread, label) {
  if (!bell || bell.dataset.bell === unread) return;
  bell.dataset.bell = unread;
  bell.querySelector(".count")?.remove();
  const count = Object.assign(document.createElement("span"), { className: "count", textContent: unread });
  count.setAttribute("aria-hidden", "true");
  const name = bell.querySelector("summary .visually-hidden");
  if (unread) name.before(count);
  name.textContent = label;
}

async function ask() {
  if (document.hidden) return; // asks again when it is seen
  let answer;
  try {
    const asked = { since: pulse, unread: bell?.dataset.bell ?? "", case: live?.dataset.case ?? "" };
    const address = `${bar.dataset.liveBar}?${new URLSearchParams(asked)}`;
    answer = await fetch(address, { cache: "no-store", redirect: "manual" });
  } catch { // not connected
    later(30);
    return;
  }
  if (answer.status === 200) {
    const news = await answer.json();
    const hasMoved = live && news.pulse !== pulse;
    pulse = news.pulse;
    showUnread(news.unread, news.label);
    if (hasMoved) await refresh().catch(() => {});
  } else if (answer.status === 204) {
    if (live && Date.now() - read > AGE && !("liveAsk" in live.dataset)) await refresh().catch(() => {});
  } else return; // logged out, or the case is not visible any more
  later(SECONDS);
}

let timer = 0;
function later(seconds) {
  clearTimeout(timer);
  timer = setTimeout(ask, seconds * 1000);
}

button.addEventListener("click", () => location.reload());
document.addEventListener("visibilitychange", () => { if (!document.hidden) later(0); });
later(SECONDS);
