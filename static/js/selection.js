// Says how many cases of the list are chosen, and how many of them are late. Buttons work without this script.
"use strict";

function show(form) {
  const bar = form.querySelector(".bulk");
  if (!bar) return;
  const rows = [...form.querySelectorAll("tr:has(:checked)")];
  const late = rows.filter((row) => row.querySelector('.due[data-urgency="late"]')).length;
  const [chosen, delayed] = [bar.querySelector("[data-chosen]"), bar.querySelector("[data-late]")];
  chosen.textContent = chosen.dataset.chosen.replace("{n}", rows.length);
  delayed.textContent = late ? delayed.dataset.late.replace("{n}", late) : "";
  bar.querySelector("[data-choose-all]").hidden = rows.length === form.querySelectorAll(".sel input").length;
}

const formOf = (event) => event.target.closest?.("[data-selection]");

document.addEventListener("change", (event) => { if (formOf(event)) show(formOf(event)); });
document.addEventListener("reset", (event) => { if (formOf(event)) setTimeout(show, 0, formOf(event)); });
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-choose-all]")) return;
  const form = formOf(event);
  form.querySelectorAll(".sel input").forEach((box) => { box.checked = true; });
  show(form);
});
// The browser may restore boxes that were checked before.
addEventListener("pageshow", () => document.querySelectorAll("[data-selection]").forEach(show));
