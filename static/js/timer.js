// Counts how long a consultation runs, by the clock of the server. Past the minutes of the standard it turns amber.
// A photograph that was chosen is sent at once.
"use strict";

(() => {
const timer = document.querySelector("[data-timer]");
if (!timer) return;
const part = (name) => timer.querySelector(`[data-${name}]`);
const { now, minutes, left, over } = timer.dataset;
const begun = Date.parse(timer.dataset.timer), ahead = Date.parse(now) - Date.now();
const mark = minutes * 60, full = mark / 0.75; // seconds; the mark is at three quarters of the bar

function show() {
  const seconds = Math.max(0, Math.floor((Date.now() + ahead - begun) / 1000));
  const spent = Math.floor(seconds / 60), rest = minutes - spent;
  part("clock").textContent = spent;
  const words = rest > 0 ? left.replace("{n}", rest) : over.replace("{n}", -rest);
  if (part("words").textContent !== words) part("words").textContent = words;
  if (rest <= 0) timer.dataset.urgency = "today";
  timer.querySelector(".done").setAttribute("width", `${Math.min(100, seconds / full * 100)}%`);
}

part("unit").hidden = false;
part("bar").removeAttribute("hidden");
show();
setInterval(show, 1000);
document.querySelector("[data-send-at-once]")?.addEventListener("change", ({ target }) => target.form.requestSubmit());
})();
