// Request form: stores the input in localStorage until it is sent, and sends only when the server answers.
// Files are not stored here. "Simpan dulu" stores everything on the server, also without JavaScript.
(() => {
  const LIFETIME = 7 * 24 * 3600 * 1000, TIMEOUT = 8000, RETRY_INTERVAL = 15000; // milliseconds
  // Not stored for hidden complainants: others may use the same telephone.
  const CONTACT = ["applicant_name", "organisation", "address", "phone", "email", "letter_number"];
  const key = (kind) => `rembuk-${kind}`;
  const page = document.currentScript.dataset;
  if (page.sent) return forgetSent(); // others may use the same telephone

  const offline = document.querySelector("[data-offline]"), form = offline?.closest("form");
  if (!form) return;
  const { keep: what, resume } = form.dataset;
  // Time of the draft on the server, empty if there is none. Later input is stored on this device only.
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
    // Reloading or reopening this tab then opens the draft and not an empty form.
    if (resume) history.replaceState(null, "", new URL(resume).pathname + location.hash);
    form.addEventListener("input", () => save(true));
    form.addEventListener("submit", (event) => { if (event.submitter?.name === "hapus") forget(what); });
    restored?.querySelector("[data-forget]").addEventListener("click", () => {
      forget(what);
      location.replace(form.action);
    });
  }

  // From an empty form go to the page of the draft on the server, which also shows its files.
  async function leadToDraft(saved) {
    const draft = `${form.action}${saved.typed.submission_token}/`;
    asOf = saved.asOf; // input typed meanwhile belongs to that draft
    const answer = await fetch(draft, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.replace(draft);
    else if (answer) asOf = ""; // the server has deleted the draft
  }

  // Delete stored input of this page's case. Input based on its present state was not sent: keep it.
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
    } catch { /* nothing stored, or not by this script */ }
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

  // Hide name and contact fields for anonymous complainants.
  function hideContact() {
    const contact = form.querySelectorAll("#div_id_applicant_name, #div_id_phone, #kontak details");
    const hide = () => contact.forEach((part) => { part.hidden = form.elements.identity.value === "ANONYMOUS"; });
    form.addEventListener("change", hide);
    window.addEventListener("pageshow", hide); // the browser may restore the choice
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
    // The network may return without an `online` event.
    setInterval(async () => { if (!offline.hidden && await isConnected()) again(); }, RETRY_INTERVAL);
    window.addEventListener("pageshow", settle); // after going back, the form can be sent again

    function settle() {
      isSending = isSure = false;
      form.removeAttribute("aria-busy");
    }
  }

  async function isConnected() {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), TIMEOUT);
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

  // localStorage may be blocked or full. Then the form works without it.
  function store(verb, name, value) {
    try {
      return localStorage[verb](name, value);
    } catch {
      return null;
    }
  }
})();
