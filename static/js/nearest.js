// Shows the frequent questions that are near to what somebody types as the matter. The check page shows them too.
"use strict";

(() => {
  const place = document.querySelector("[data-nearest]"), form = place?.closest("form");
  const PAUSE = 900, SHORTEST = 20; // milliseconds, characters
  let timer = 0, shown = "";
  form?.elements.material.addEventListener("input", ({ target }) => {
    clearTimeout(timer);
    timer = setTimeout(() => show(target.value.trim()), PAUSE);
  });

  async function show(material) {
    if (material === shown || material.length < SHORTEST) return;
    shown = material;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("material", material.slice(0, 2000));
    try {
      const answer = await fetch(place.dataset.nearest, { method: "POST", body });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch { /* no connection: the check page shows them */ }
  }
})();
