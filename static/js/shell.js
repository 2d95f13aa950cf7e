// "/" goes to the search; Escape and a click outside close menus. Everything works without this script.
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
