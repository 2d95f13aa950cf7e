// Stores the input in this browser until it is sent, to survive a lost connection and a closed tab.
// Files are not stored. Without JavaScript "Simpan dulu" stores everything on the server.
(() => {
  const LIFETIME = 7 * 24 * 3600 * 1000, TIMEOUT = 8000, RETRY_INTERVAL = 15000; // milliseconds
  const key = (kind) => `rembuk-${kind}`;
  const page = document.currentScript.dataset;
  if (page.sent) return forgetSent(); // the phone may be shared

  const offline = document.querySelector("[data-offline]"), form = offline?.closest("form");
  if (!form) return;
  const { keep: what, resume } = form.dataset;
  // Time of the draft on the server, empty if there is none. Newer input exists only in this browser.
  let asOf = form.dataset.asOf ?? "";
  let isChoosing = false; // a file, which would be lost with this page
  for (const name of ["click", "change"]) {
    form.addEventListener(name, (event) => { isChoosing ||= event.target.type === "file"; });
  }
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
    // A reload shows the draft and not an empty form.
    if (resume) history.replaceState(null, "", new URL(resume).pathname + location.hash);
    form.addEventListener("input", () => save(true));
    form.addEventListener("submit", (event) => { if (event.submitter?.name === "hapus") forget(what); });
    restored?.querySelector("[data-forget]").addEventListener("click", () => {
      forget(what);
      location.replace(form.action);
    });
  }

  // Leave an empty form for the page of its draft, which shows the files too. Both save the same draft.
  async function leadToDraft(saved) {
    const draft = `${form.action}${saved.typed.submission_token}/`;
    asOf = saved.asOf; // for input typed meanwhile
    const answer = await fetch(draft, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok && !isChoosing) location.replace(draft);
    else if (answer && !answer.ok) asOf = ""; // the server has deleted it
  }

  // Delete input for the case of this page. If the case has not changed since, the input was not sent.
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
      if (isHidden && "identifies" in field.dataset) continue; // others may use the same phone
      if (!["checkbox", "radio"].includes(field.type) || field.checked) typed[field.name] = field.value;
    }
    store("setItem", key(what), JSON.stringify({ typed, isNewer, asOf, at: Date.now() }));
  }

  function load(what) {
    try {
      const saved = JSON.parse(store("getItem", key(what)));
      if (saved.typed && Date.now() - saved.at < LIFETIME) return saved;
    } catch { /* missing or invalid */ }
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

  // An anonymous complaint has no contact fields.
  function hideContact() {
    const contact = form.querySelectorAll("#div_id_applicant_name, #div_id_phone, #kontak details");
    const hide = () => contact.forEach((part) => { part.hidden = form.elements.identity.value === "ANONYMOUS"; });
    form.addEventListener("change", hide);
    window.addEventListener("pageshow", hide); // browsers restore the choice after this script has run
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
    // The browser may not notice that the network is back.
    setInterval(async () => { if (!offline.hidden && await isConnected()) again(); }, RETRY_INTERVAL);
    window.addEventListener("pageshow", settle); // the back button: the form may be sent again

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

  // Storage may be unavailable (private window, full phone). The page then works without it.
  function store(verb, name, value) {
    try {
      return localStorage[verb](name, value);
    } catch {
      return null;
    }
  }
})();
