// What is typed stays in this telephone until it has been sent: through a lost connection and a closed tab.
// Files are not kept here. Without JavaScript "Simpan dulu" keeps everything on the server.
(() => {
  const LIFETIME = 7 * 24 * 3600 * 1000, PATIENCE = 8000, PAUSE = 15000;
  // Not kept where the complainant stays hidden: others may use the same telephone.
  const CONTACT = ["applicant_name", "organisation", "address", "phone", "email", "letter_number"];
  const key = (kind) => `rembuk-${kind}`;
  const page = document.currentScript.dataset;
  if (page.sent) return forgetSent(); // nothing may stay on a telephone that is shared

  const offline = document.querySelector("[data-offline]"), form = offline?.closest("form");
  if (!form) return;
  const { keep: what, resume } = form.dataset;
  // What the server holds is as of this (nothing yet: empty). Typed after that, it stands here alone.
  let asOf = form.dataset.asOf ?? "";
  if (what) keep();
  if (form.elements.identity) hideContact();
  send();

  function keep() {
    const restored = document.querySelector("[data-restored]"), saved = load(what);
    const isMine = saved && (!asOf || (saved.isNewer && saved.asOf === asOf));
    if (isMine) show(saved.typed);
    else if (resume) save(false);
    if (restored) restored.hidden = !isMine;
    if (isMine && saved.asOf && !asOf) leadToDraft(saved);
    // A reload, or coming back to this tab, finds the draft and not an empty form.
    if (resume) history.replaceState(null, "", new URL(resume).pathname + location.hash);
    form.addEventListener("input", () => save(true));
    form.addEventListener("submit", (event) => { if (event.submitter?.name === "hapus") forget(what); });
    restored?.querySelector("[data-forget]").addEventListener("click", () => {
      forget(what);
      location.replace(form.action);
    });
  }

  // An empty form whose draft the server has: the draft's own page shows its files too.
  async function leadToDraft(saved) {
    const draft = `${form.action}${saved.typed.submission_token}/`;
    asOf = saved.asOf; // to this belongs what is typed meanwhile
    const answer = await fetch(draft, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.replace(draft);
    else if (answer) asOf = ""; // the server has erased it
  }

  // Whatever belongs to the case of this page, unless the case is still as it was: then it was not sent.
  function forgetSent() {
    for (const name of names().filter((name) => name.startsWith(key(page.sent)))) {
      const what = name.slice(key("").length);
      if (load(what)?.asOf !== page.asOf) forget(what);
    }
  }

  function fields() {
    return Array.from(form.elements).filter((field) =>
      field.name && !["file", "submit", "button"].includes(field.type) &&
      !["csrfmiddlewaretoken", "homepage", "remove"].includes(field.name));
  }

  function save(isNewer) {
    const typed = {}, isHidden = (form.elements.identity?.value ?? "OPEN") !== "OPEN";
    for (const field of fields()) {
      if (isHidden && CONTACT.includes(field.name)) continue;
      if (!["checkbox", "radio"].includes(field.type) || field.checked) typed[field.name] = field.value;
    }
    store("setItem", key(what), JSON.stringify({ typed, isNewer, asOf, at: Date.now() }));
  }

  function load(what) {
    try {
      const saved = JSON.parse(store("getItem", key(what)));
      if (saved.typed && Date.now() - saved.at < LIFETIME) return saved;
    } catch { /* nothing there, or nothing of ours */ }
    return forget(what);
  }

  function show(typed) {
    for (const field of fields()) {
      const value = typed[field.name];
      if (["checkbox", "radio"].includes(field.type)) field.checked = value === field.value;
      else if (value === undefined) continue;
      else if (field.tagName !== "SELECT" || [...field.options].some((o) => o.value === value)) field.value = value;
      if (value && field.type !== "hidden") field.closest("details")?.setAttribute("open", "");
    }
  }

  // Who complains anonymously is not asked for a name.
  function hideContact() {
    const contact = form.querySelectorAll("#div_id_applicant_name, #div_id_phone, #kontak details");
    const hide = () => contact.forEach((part) => { part.hidden = form.elements.identity.value === "ANONYMOUS"; });
    form.addEventListener("change", hide);
    window.addEventListener("pageshow", hide); // also where a browser fills in again what was chosen
    hide();
  }

  function forget(what) {
    store("removeItem", key(what));
    return null;
  }

  function send() {
    let isSending = false, isSure = false, button = null;
    form.addEventListener("submit", async (event) => {
      button = event.submitter;
      if (isSure) return void (isSure = false);
      event.preventDefault();
      if (isSending) return;
      isSending = true;
      form.setAttribute("aria-busy", "true");
      offline.hidden = true;
      if (await isConnected()) {
        isSure = true;
        form.requestSubmit(button);
      } else {
        offline.hidden = false;
        offline.scrollIntoView({ block: "nearest" });
        settle();
      }
    });
    const again = () => { if (!offline.hidden) form.requestSubmit(button); };
    offline.querySelector("[data-retry]").addEventListener("click", again);
    window.addEventListener("online", again);
    // Where the network comes back but the telephone never noticed that it was gone.
    setInterval(async () => { if (!offline.hidden && await isConnected()) again(); }, PAUSE);
    window.addEventListener("pageshow", settle); // back to this page: it may be sent again

    function settle() {
      isSending = isSure = false;
      form.removeAttribute("aria-busy");
    }
  }

  async function isConnected() {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      await fetch("/healthz", { method: "HEAD", cache: "no-store", signal: stop.signal });
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  function names() {
    try {
      return Object.keys(localStorage);
    } catch {
      return [];
    }
  }

  // A browser may keep nothing (private window, full telephone): then the page does what it does without.
  function store(verb, name, value) {
    try {
      return localStorage[verb](name, value);
    } catch {
      return null;
    }
  }
})();
