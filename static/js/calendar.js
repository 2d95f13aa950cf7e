// Moves an own session of the grid with the mouse, or with the keys M, arrows and Enter. The form of the step opens with
// the new time: only what is sent there moves the session, because its letter and its message go out with it.
"use strict";

const ROW = 15;
const STEP = 2; // rows of half an hour
const week = document.querySelector(".week[data-since]");
const days = [...(week?.querySelectorAll("[data-day]") ?? [])];
const status = document.querySelector("[data-move-status]");
const [hours, minutes] = (week?.dataset.since ?? "0:0").split(":").map(Number);
let moved = null; // {link, day, row, rows, lane}
let mark = null;

const two = (number) => String(number).padStart(2, "0");
const timeOf = (row, mark = ":") => {
  const all = hours * 60 + minutes + (row - 1) * ROW;
  return two(Math.floor(all / 60)) + mark + two(all % 60);
};
const lastRow = () => Math.floor((24 * 60 - hours * 60 - minutes) / ROW) + 1;
const snap = (row) => 1 + Math.round((row - 1) / STEP) * STEP;

const heightOf = (slots) => parseFloat(getComputedStyle(slots).gridAutoRows);

function take(link) {
  const { at, for: rows, lane } = link.parentElement.dataset;
  moved = { link, day: days.findIndex((day) => day.contains(link)), row: Number(at), rows: Number(rows), lane };
}

function show(day, row) {
  const room = lastRow() - moved.rows;
  Object.assign(moved, { day: Math.min(Math.max(day, 0), days.length - 1), row: Math.min(Math.max(row, 1), room) });
  mark ??= document.createElement("li");
  mark.className = "drop";
  mark.ariaHidden = "true";
  Object.assign(mark.dataset, { at: moved.row, for: moved.rows, lane: moved.lane });
  mark.textContent = timeOf(moved.row, ".");
  days[moved.day].querySelector(".slots").append(mark);
}

function leave(sentence = "") {
  mark?.remove();
  mark = moved = null;
  status.textContent = sentence;
}

function open() {
  const { link, day, row } = moved;
  const at = `${days[day].dataset.day}T${timeOf(row)}`;
  leave();
  location.href = `${link.dataset.move}?${new URLSearchParams({ starts_at: at })}`;
}

const ARROWS = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

week?.addEventListener("keydown", (event) => {
  const link = event.target.closest("[data-move]");
  if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!moved && event.key.toLowerCase() === "m") take(link);
  else if (!moved) return;
  else if (event.key === "Enter") { event.preventDefault(); open(); return; }
  else if (event.key === "Escape") { leave(week.dataset.stays); return; }
  else if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const [days_, rows] = ARROWS[event.key] ?? [0, 0];
  show(moved.day + days_, rows ? snap(moved.row) + rows : moved.row);
  const at = `${days[moved.day].dataset.dayName}, ${timeOf(moved.row, ".")}`;
  status.textContent = week.dataset.moves.replace("{at}", at);
});
week?.addEventListener("focusout", () => { if (moved && !moved.isDragged) leave(); });

week?.addEventListener("dragstart", (event) => {
  const link = event.target.closest?.("[data-move]");
  if (!link) return;
  take(link);
  moved.isDragged = true;
  moved.grip = Math.floor((event.clientY - link.getBoundingClientRect().top) / heightOf(link.closest(".slots")));
  event.dataTransfer.effectAllowed = "move";
});
week?.addEventListener("dragover", (event) => {
  const day = days.findIndex((one) => one.contains(event.target));
  if (!moved?.isDragged || day < 0) return;
  event.preventDefault();
  const slots = days[day].querySelector(".slots");
  const row = 1 + Math.floor((event.clientY - slots.getBoundingClientRect().top) / heightOf(slots));
  show(day, snap(row - moved.grip));
});
week?.addEventListener("drop", (event) => { if (moved?.isDragged) { event.preventDefault(); open(); } });
week?.addEventListener("dragend", () => { if (moved) leave(); });

const hint = document.querySelector("[data-move-hint]");
if (hint && week.querySelector("[data-move]")) hint.hidden = false;
