// The button that switches push messages to this browser on and off. Shown only if the browser can.
"use strict";

const form = document.querySelector("[data-push]");
const [on, off] = form.querySelectorAll("[data-switch]");
const sentence = form.querySelector("[role=status]");
const known = new Set(form.dataset.known.split(" "));

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

async function hash(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(isOn, text = "") {
  on.hidden = isOn;
  off.hidden = !isOn;
  sentence.textContent = text;
  form.hidden = false;
}

async function send(subscription, more) {
  const { endpoint, keys } = subscription.toJSON();
  const body = new FormData(form);
  for (const [name, value] of Object.entries({ endpoint, ...keys, ...more })) body.set(name, value);
  const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
  if (!answer.ok) throw new Error(answer.status);
}

async function subscribe(manager) {
  const options = { userVisibleOnly: true, applicationServerKey: toBytes(form.dataset.push) };
  try {
    return await manager.subscribe(options);
  } catch (error) { // made with an earlier key of the office
    if (error.name !== "InvalidStateError") throw error;
    await (await manager.getSubscription()).unsubscribe();
    return manager.subscribe(options);
  }
}

async function begin() {
  const registration = await navigator.serviceWorker.getRegistration();
  const current = await registration?.pushManager.getSubscription();
  show(Boolean(current) && known.has(await hash(current.endpoint)));
}

on.addEventListener("click", async () => {
  on.disabled = true;
  try {
    if (await Notification.requestPermission() !== "granted") return show(false, form.dataset.denied);
    await navigator.serviceWorker.register(form.dataset.worker, { scope: "/" });
    const { pushManager } = await navigator.serviceWorker.ready;
    await send(await subscribe(pushManager), {});
    show(true);
  } catch {
    show(false, form.dataset.failed);
  } finally {
    on.disabled = false;
  }
});

// Only this owner gets none any more: another case in the same browser may still want them.
off.addEventListener("click", async () => {
  try {
    const { pushManager } = await navigator.serviceWorker.ready;
    await send(await pushManager.getSubscription(), { off: "1" });
    show(false);
  } catch {
    show(true, form.dataset.failed);
  }
});

if (navigator.serviceWorker && window.PushManager && window.Notification) begin().catch(() => {});
