// Shrinks large photographs before the upload: 300 kB instead of 4 MB on a slow network.
// Runs for every file input with data-max-bytes. Files that the browser cannot read are uploaded unchanged,
// unless they are larger than that: then the form is not sent.
(() => {
  const MAX_PIXELS = 1600, MAX_BYTES = 400_000, QUALITY = 0.8;
  const canShrink = window.createImageBitmap && window.DataTransfer;

  for (const input of document.querySelectorAll("input[type=file][data-max-bytes]")) {
    const refusal = document.createElement("p");
    refusal.className = "invalid-feedback";
    refusal.id = `${input.id}_too_large`;
    refusal.setAttribute("role", "alert");
    input.after(refusal);
    const note = document.createElement("span");
    note.className = "hint shrunk";
    note.setAttribute("role", "status");
    input.after(note);
    let work = null;

    input.addEventListener("change", () => {
      note.textContent = "";
      showRefusal(input, refusal, []);
      const mine = shrinkAll(input, note).catch(() => {}).then(() => {
        if (work !== mine) return;
        work = null;
        showRefusal(input, refusal, tooLarge(input));
      });
      work = mine;
    });

    // Registered before the other listeners of the page, so that sending waits for the photographs.
    input.form.addEventListener("submit", (event) => {
      if (event.submitter?.name === "hapus" || (!work && !tooLarge(input).length)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (work) work.then(() => input.form.requestSubmit(event.submitter));
      else input.focus();
    });
  }

  function tooLarge(input) {
    return Array.from(input.files).filter((file) => file.size > Number(input.dataset.maxBytes));
  }

  function showRefusal(input, refusal, files) {
    refusal.textContent = files.map((file) => `${file.name} (${size(file)}): ${input.dataset.tooLarge}`).join(" ");
    input.classList.toggle("is-invalid", files.length > 0);
    input.setAttribute("aria-invalid", String(files.length > 0));
    if (files.length) input.setAttribute("aria-describedby", refusal.id);
  }

  async function shrinkAll(input, note) {
    if (!canShrink) return;
    const before = Array.from(input.files), after = [], lines = [];
    for (const file of before) {
      const smaller = await shrunk(file);
      if (smaller !== file) lines.push(`${size(file)} → ${size(smaller)}`);
      after.push(smaller);
    }
    const isAsChosen = input.files.length === before.length && before.every((file, i) => input.files[i] === file);
    if (!lines.length || !isAsChosen) return;
    const transfer = new DataTransfer();
    for (const file of after) transfer.items.add(file);
    input.files = transfer.files;
    note.textContent = lines.join(", ");
  }

  async function shrunk(file) {
    if (!/^image\/(jpeg|png|heic|heif)$/.test(file.type)) return file;
    let image;
    try {
      image = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      return file; // broken, or too large for the memory of this phone
    }
    const part = MAX_PIXELS / Math.max(image.width, image.height);
    if (part >= 1 && file.size <= MAX_BYTES) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * Math.min(part, 1));
    canvas.height = Math.round(image.height * Math.min(part, 1));
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  }

  function size(file) {
    const isLarge = file.size >= 1_000_000;
    const number = isLarge ? file.size / 1_000_000 : Math.ceil(file.size / 1000);
    const digits = { maximumFractionDigits: isLarge ? 1 : 0 };
    return `${number.toLocaleString(document.documentElement.lang, digits)} ${isLarge ? "MB" : "kB"}`;
  }
})();
