// "/" goes to the search; Escape and a click outside close menus; the bell shows the newest notices.
// Everything works without this script: the bell has a link to the list.
"use strict";

const search = document.getElementById("cari");
const openMenus = () => [...document.querySelectorAll("details.pop[open]")];

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && search?.offsetParent) {
    event.preventDefault();
    search.select();
  }
  if (event.key === "Escape") {
    const menu = event.target.closest("details.pop[open]");
    openMenus().forEach((other) => { other.open = false; });
    menu?.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  openMenus().filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
});

const bell = document.querySelector("[data-newest]");
bell?.addEventListener("toggle", async () => {
  if (!bell.open) return;
  const answer = await fetch(bell.dataset.newest).catch(() => null);
  if (answer?.ok && !answer.redirected) bell.querySelector("[aria-live]").innerHTML = await answer.text();
});

// A calendar beside a date that is typed: the browser's own, which shows the date in the order of its language.
const twoDigits = (text) => text.padStart(2, "0");
for (const field of document.querySelectorAll("input[data-pick]")) {
  const picker = Object.assign(document.createElement("input"), { type: field.dataset.pick, tabIndex: -1 });
  if (!picker.showPicker) break;
  picker.setAttribute("aria-hidden", "true");
  picker.className = "picker";
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button" });
  button.textContent = field.dataset.label;
  button.addEventListener("click", () => {
    const [, day, month, year, time] = field.value.match(/^(\d{1,2})\D(\d{1,2})\D(\d{4})(?: (.*))?$/) ?? [];
    const parts = [`${year}-${twoDigits(month ?? "")}-${twoDigits(day ?? "")}`, time?.replace(".", ":")];
    picker.value = year ? parts.filter(Boolean).join("T") : "";
    picker.showPicker();
  });
  picker.addEventListener("change", () => {
    const [date, time] = picker.value.split("T");
    field.value = [date.split("-").reverse().join("-"), time?.replace(":", ".")].filter(Boolean).join(" ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.after(picker, button);
}
