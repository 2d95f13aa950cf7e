// Rows of the report's items: adds, removes and restores them, and makes room for the rows of a draft.
// Without JavaScript the button saves the draft and adds rows.
"use strict";

(() => {
const lists = [...document.querySelectorAll("[data-items]")];
const form = lists[0].closest("form");
const removed = new Map();

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];
const totalOf = (list) => list.querySelector("[name$='-TOTAL_FORMS']");
const inputsOf = (row) => [...row.querySelectorAll("textarea, input")];
const isEmpty = (row) => inputsOf(row).every((input) => !input.value.trim());
const changed = () => form.dispatchEvent(new Event("change"));

function renumber(list) {
  rowsOf(list).forEach((row, index) => {
    for (const element of row.querySelectorAll("*")) {
      for (const { name, value } of [...element.attributes]) {
        if (!["id", "for", "name", "aria-describedby"].includes(name)) continue;
        element.setAttribute(name, value.replace(/-(\d+|__prefix__)-/, `-${index}-`));
      }
    }
    row.querySelectorAll("[data-name]").forEach((place) => { place.textContent = `${list.dataset.label} ${index + 1}`; });
    row.querySelector("[data-remove]").hidden = false;
  });
  totalOf(list).value = rowsOf(list).length;
  list.querySelector("[data-add]").disabled = rowsOf(list).length >= Number(list.dataset.most);
}

function insert(list, place, row = list.querySelector("template").content.firstElementChild.cloneNode(true)) {
  list.querySelector("ol").insertBefore(row, rowsOf(list)[place] || null);
  renumber(list);
  return row;
}

function add(list, after) {
  const rows = rowsOf(list);
  const next = after ? after.nextElementSibling : rows.at(-1);
  const full = list.querySelector("[data-add]").disabled;
  const row = next && isEmpty(next) ? next : full ? rows.at(-1) : insert(list, after ? rows.indexOf(after) + 1 : rows.length);
  inputsOf(row)[0].focus();
}

function remove(list, row) {
  const place = rowsOf(list).indexOf(row);
  const name = row.querySelector("[data-name]").textContent;
  if (!isEmpty(row)) {
    removed.set(list, { row, place });
    list.querySelector("[data-restore]").hidden = false;
  }
  row.remove();
  if (rowsOf(list).length) renumber(list);
  else insert(list, 0);
  inputsOf(rowsOf(list)[place] || rowsOf(list).at(-1))[0].focus();
  form.querySelector("[data-status]").textContent = `${name} ${list.dataset.removed}`;
  changed();
}

function restore(list) {
  const { row, place } = removed.get(list);
  list.querySelector("[data-restore]").hidden = true;
  inputsOf(insert(list, place, row))[0].focus();
  changed();
}

for (const list of lists) {
  renumber(list);
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

// The beginning of its texts, beside the heading of a folded part.
function summarise(part) {
  const texts = [...part.querySelectorAll("textarea")].map((area) => area.value.trim()).filter(Boolean);
  const summary = part.querySelector("small");
  summary.textContent = texts.join(" · ").slice(0, 160) || part.dataset.empty;
  summary.lang = texts.length ? "id" : "";
}

const parts = [...form.querySelectorAll(".fold")];
for (const part of parts) part.addEventListener("toggle", () => summarise(part));

// autosave.js fills the inputs next.
form.addEventListener("draft:fill", ({ detail: values }) => {
  for (const list of lists) {
    const wanted = Number(values.get(totalOf(list).name)?.[0]) || 1;
    while (rowsOf(list).length < wanted) insert(list, rowsOf(list).length);
    rowsOf(list).slice(wanted).forEach((row) => row.remove());
    renumber(list);
  }
  setTimeout(() => parts.forEach(summarise));
});
})();
