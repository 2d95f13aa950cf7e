// Rows of the report's items: adds, removes and restores them, and makes room for the rows of a draft.
// Without JavaScript the button saves the draft and adds rows.
"use strict";

(() => {
const form = document.querySelector("[data-items]").closest("form");
const changed = () => form.dispatchEvent(new Event("change"));

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
  form.querySelector("[data-status]").textContent = `${name} ${list.dataset.removed}`;
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

// draft.js fills the inputs next.
form.addEventListener("draft:fill", ({ detail: values }) => {
  for (const list of form.querySelectorAll("[data-items]")) {
    const main = inputsOf(rowsOf(list)[0])[0].name;
    const wanted = Math.max(values.get(main)?.length || 0, 1);
    while (rowsOf(list).length < wanted) emptyRow(list, rowsOf(list).at(-1));
    while (rowsOf(list).length > wanted) rowsOf(list).at(-1).remove();
    renumber(list);
  }
});
})();
