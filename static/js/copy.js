// Buttons that copy text of the page or share it with another app. Hidden if the browser cannot do it.
(() => {
  const textOf = (id) => document.getElementById(id).textContent.trim();

  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(textOf(button.dataset.copy));
        button.textContent = button.dataset.copied;
      } catch { // the browser refuses: the user copies the selected text
        getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
        button.textContent = button.dataset.byHand;
      }
    });
  }

  for (const button of document.querySelectorAll("[data-share]")) {
    if (!navigator.share) break;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.share({ url: textOf(button.dataset.share) });
      } catch { /* the user cancelled */ }
    });
  }
})();
