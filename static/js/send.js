// Messages that staff send from WhatsApp: one button at a time. Opened, it becomes the one that says it was sent.
(() => {
  for (const row of document.querySelectorAll("[data-send]")) {
    const open = row.querySelector("a.btn[data-opens]"), sent = row.querySelector("form");
    if (!open || !sent) continue;
    sent.hidden = true;
    open.addEventListener("click", () => {
      open.classList.remove("btn", "btn-primary", "btn-quiet");
      open.classList.add("tap");
      sent.hidden = false;
      addEventListener("focus", () => sent.querySelector("button").focus(), { once: true });
    });
  }
})();
