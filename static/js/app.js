// The installed app of the staff: registers the service worker, lets it store the desk on a device on which the app
// is installed, and makes a stored desk read only. Without it, all pages work as in a browser.
"use strict";

const own = document.getElementById("aplikasi");
const leaving = document.getElementById("keluar");

async function begin() {
  if (!navigator.serviceWorker) return;
  if (matchMedia("(display-mode: standalone)").matches) await caches.open("terpasang");
  const registration = await navigator.serviceWorker.register(own.dataset.worker, { scope: "/" });
  // Logging out ends the push messages to this browser.
  const subscription = await registration.pushManager?.getSubscription();
  leaving.endpoint.value = subscription?.endpoint ?? "";
}

if (document.querySelector("[data-disconnected]:not([hidden])")) {
  document.querySelectorAll("main button, main input").forEach((field) => { field.disabled = true; });
  document.querySelectorAll("main .btn").forEach((button) => { button.hidden = true; });
  addEventListener("online", async () => { // a network is not yet a server that answers
    const answer = await fetch(own.dataset.worker, { cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.reload();
  });
} else {
  begin().catch(() => {}); // a browser that forbids it
}
