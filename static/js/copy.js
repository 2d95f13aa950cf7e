// Buttons that copy what stands in the page or hand it on to another app; hidden where the browser cannot.
(() => {
  const textOf = (id) => document.getElementById(id).textContent.trim();

  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(textOf(button.dataset.copy));
      button.textContent = button.dataset.copied;
    });
  }

  for (const button of document.querySelectorAll("[data-share]")) {
    if (!navigator.share) break;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.share({ url: textOf(button.dataset.share) });
      } catch { /* changed their mind */ }
    });
  }
})();
