// Shows how many papers are signed while the form is on its way. The form works without this script.
"use strict";

const shown = document.querySelector("[data-progress]");

shown?.closest("form").addEventListener("submit", (event) => {
  const chosen = new URLSearchParams();
  new FormData(event.target).getAll("papers").forEach((key) => chosen.append("papers", key));
  event.submitter.disabled = true; // a second tap would ask for the same signatures
  const ask = async () => {
    const answer = await fetch(`${shown.dataset.progress}?${chosen}`).catch(() => null);
    if (answer?.ok && !answer.redirected) shown.innerHTML = await answer.text();
  };
  ask();
  setInterval(ask, 1000);
});
