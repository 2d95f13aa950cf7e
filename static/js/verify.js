// A PDF is checked where it lies: its SHA-256 is computed in the browser, the file itself is never sent.
// Where the browser cannot compute it (http without s), the form sends the file, as it does without JavaScript.
(() => {
  const form = document.querySelector('form[data-form="verify"]');
  if (!form || !window.crypto?.subtle) return;
  const { file, sha256 } = form.elements;
  const answers = document.querySelector(".answer");

  for (const note of form.querySelectorAll("[data-where]")) note.hidden = note.dataset.where !== "browser";

  file.addEventListener("change", () => {
    answers.replaceChildren();
    file.classList.remove("is-invalid");
  });

  form.addEventListener("submit", async (event) => {
    const chosen = file.files[0];
    if (!chosen?.size) return; // nothing to send: the server says what is missing
    event.preventDefault();
    let found;
    try {
      found = await hashOf(chosen);
    } catch {
      return say("unreadable"); // moved or changed since it was chosen
    }
    if (form.dataset.sha256) return say(found === form.dataset.sha256 ? "matches" : "differs");
    sha256.value = found;
    file.disabled = true;
    form.submit();
    file.disabled = false;
  });

  // No paper is longer than `max`: of what is, the beginning is enough to know that it is none.
  async function hashOf(chosen) {
    const bytes = await chosen.slice(0, Number(form.dataset.max) + 1).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function say(answer) {
    const template = document.querySelector(`template[data-answer="${answer}"]`);
    answers.replaceChildren(template.content.cloneNode(true));
  }
})();
