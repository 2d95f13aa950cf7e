// Verification: computes the SHA-256 of a PDF in the browser, so that the file is not uploaded.
// Without crypto.subtle (plain HTTP) the form uploads the file, as it does without JavaScript.
(() => {
  const form = document.querySelector('form[data-form="verify"]');
  if (!form || !window.crypto?.subtle) return;
  const { file, sha256 } = form.elements;
  const answers = document.querySelector(".answer");

  for (const note of form.querySelectorAll("[data-where]")) note.hidden = note.dataset.where !== "browser";

  file.addEventListener("change", () => {
    answers.replaceChildren();
    file.classList.remove("is-invalid");
    form.querySelector(".invalid-feedback")?.remove();
  });

  form.addEventListener("submit", async (event) => {
    const chosen = file.files[0];
    if (!chosen?.size) return; // no file: the server shows the error
    event.preventDefault();
    let found;
    try {
      found = await hashOf(chosen);
    } catch {
      return say("unreadable"); // the file was moved or changed after it was chosen
    }
    if (form.dataset.sha256) return say(found === form.dataset.sha256 ? "matches" : "differs");
    sha256.value = found;
    file.disabled = true;
    form.submit();
    file.disabled = false;
  });

  // No issued document is larger than `max` bytes. For a larger file, any other hash will do.
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
