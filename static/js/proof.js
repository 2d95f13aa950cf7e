// Proof of work (altcha, version 2): near a rate limit the browser computes for some seconds, then sends.
// Without crypto.subtle (plain http) the button sends the request to a moderator.
(() => {
  const form = document.querySelector('form[data-form="submit"]');
  const source = document.getElementById("soal");
  if (!source || !window.crypto?.subtle) return;
  const challenge = JSON.parse(source.textContent), { parameters } = challenge;
  const [working, manual] = ["working", "manual"].map((name) => form.querySelector(`[data-${name}]`));
  const button = form.querySelector("button[name=unproved]");

  working.hidden = false;
  manual.hidden = button.hidden = true;
  solve().then((solution) => {
    const proof = document.createElement("input");
    proof.type = "hidden";
    proof.name = "proof";
    proof.value = btoa(JSON.stringify({ challenge, solution }));
    form.append(proof);
    form.requestSubmit();
  }).catch(() => {
    working.hidden = true;
    manual.hidden = button.hidden = false;
  });

  async function solve() {
    const nonce = bytes(parameters.nonce), password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    const counterOf = new DataView(password.buffer, nonce.length);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(parameters.salt), iterations: parameters.cost };
    for (let counter = 0; counter < 1_000_000; counter++) {
      counterOf.setUint32(0, counter);
      const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      const derivedKey = hex(await crypto.subtle.deriveBits(how, key, parameters.keyLength * 8));
      if (derivedKey.startsWith(parameters.keyPrefix)) return { counter, derivedKey };
    }
    throw new Error("no solution");
  }

  function bytes(text) {
    return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
  }

  function hex(buffer) {
    return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
})();
