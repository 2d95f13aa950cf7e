// Buttons that read a text of the page aloud. They stay hidden without a voice for the language of the text.
(() => {
  const speech = window.speechSynthesis;
  if (!speech) return;
  const PASSAGES = "h1, h2, h3, p, li:not(:has(p, label)), dt, dd:not(:has(p)), summary, legend, label, .hint";

  // innerText leaves out what is not displayed and separates boxes.
  const readable = (part) => part.innerText.replace(/\s+/g, " ").trim();

  for (const button of document.querySelectorAll("[data-read-aloud]")) {
    const text = document.getElementById(button.dataset.readAloud), label = button.querySelector("span");
    const start = label.textContent;
    const language = text.closest("[lang]").lang;
    const findVoice = () => speech.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(language));
    const show = () => { button.hidden = !findVoice(); };
    const stop = () => { label.textContent = start; };

    button.addEventListener("click", () => {
      if (speech.speaking) return speech.cancel();
      // Passages in turn: some browsers stop in the middle of a long text.
      const shown = [...text.querySelectorAll(PASSAGES)]
        .filter((part) => part.checkVisibility() && !part.closest("[aria-hidden=true]"))
        .filter((part) => !part.parentElement.closest(PASSAGES))
        .map(readable);
      const parts = shown.filter((part, index) => part && part !== shown[index - 1]);
      parts.forEach((part, index) => {
        const spoken = new SpeechSynthesisUtterance(part);
        spoken.voice = findVoice();
        spoken.lang = spoken.voice.lang;
        spoken.onerror = stop;
        if (index === parts.length - 1) spoken.onend = stop;
        speech.speak(spoken);
      });
      label.textContent = button.dataset.stop;
    });
    speech.addEventListener?.("voiceschanged", show);
    show();
  }
  addEventListener("pagehide", () => speech.cancel());
})();
