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
