// Shows what is typed at the counter as sentences to read back to the citizen. Nothing is shown without a text.
(() => {
  for (const section of document.querySelectorAll("[data-read-back]")) {
    const form = section.closest("form");
    const show = () => {
      let isEmpty = true;
      for (const line of section.querySelectorAll("[data-of]")) {
        const text = form.elements[line.dataset.of]?.value?.trim() ?? "";
        line.querySelector("b").textContent = text;
        line.hidden = !text;
        isEmpty &&= !text;
      }
      section.hidden = isEmpty;
    };
    form.addEventListener("input", show);
    show();
  }
})();
