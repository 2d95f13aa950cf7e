// Shows what is near to the text that somebody types: frequent questions, or advice of the bank.
// Without JavaScript the check page shows the questions, and a step page the advice near to the matter.
"use strict";

(() => {
  const PAUSE = 900, SHORTEST = 20; // milliseconds, characters

  function watch(place) {
    const form = place.closest("form") ?? document.getElementById("langkah");
    let timer = 0, shown = "";

    async function show(text) {
      if (text === shown || text.length < SHORTEST) return;
      shown = text;
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.append("material", text.slice(0, 2000));
      try {
        const answer = await fetch(place.dataset.nearest, { method: "POST", body });
        if (answer.ok) place.innerHTML = await answer.text();
      } catch { /* no connection: what was shown stays */ }
    }

    form.addEventListener("input", ({ target }) => {
      if (!target.name.startsWith(place.dataset.field)) return;
      clearTimeout(timer);
      timer = setTimeout(() => show(target.value.trim()), PAUSE);
    });
  }

  document.querySelectorAll("[data-nearest]").forEach(watch);
})();
