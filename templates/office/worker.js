// The service worker: push messages, and pages without a connection. On an installed device it stores the desk,
// no other page, until somebody logs in or out there, or a session's time has passed.
"use strict";

const OF = JSON.parse("{{ values|escapejs }}");
const SHELL = `rembuk-${OF.version}`; // static files and the page without a connection
const DESK = "meja"; // the last seen desk
const INSTALLED = "terpasang"; // exists on a device on which the app was opened

let generation = 0; // grows when the desk is forgotten, so that an answer on its way is not stored after that

addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([OF.disconnected, ...OF.shell])));
  skipWaiting();
});

addEventListener("activate", (event) => {
  const removeOld = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("rembuk-") && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await clients.claim();
  };
  event.waitUntil(removeOld());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (OF.entrances.includes(url.pathname)) event.waitUntil(forget());
  if (request.method !== "GET") return;
  if (url.pathname.startsWith(OF.static)) event.respondWith(getFile(request));
  else if (url.pathname === OF.desk && !url.search) event.respondWith(getDesk(request));
  else if (request.mode === "navigate" && !/\.\w+$/.test(url.pathname)) event.respondWith(fetch(request).catch(sayDisconnected));
});

async function forget() {
  generation += 1;
  await caches.delete(DESK);
  (await registration.getNotifications()).forEach((shown) => shown.close());
}

async function sayDisconnected() {
  const stored = await caches.match(OF.disconnected, { cacheName: SHELL, ignoreVary: true });
  const page = await stored.text();
  const hasDesk = await caches.has(DESK);
  return new Response(hasDesk ? page.replace(" data-desk hidden>", " data-desk>") : page, { headers: stored.headers });
}

// A file with a hash in its name never changes.
async function getFile(request) {
  const stored = await caches.match(request, { cacheName: SHELL, ignoreVary: true });
  if (stored && /\.[0-9a-f]{12}\./.test(request.url)) return stored;
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(SHELL)).put(request, answer.clone());
    return answer;
  } catch (error) {
    if (stored) return stored;
    throw error;
  }
}

async function getDesk(request) {
  const begun = generation;
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    return (await readDesk()) ?? sayDisconnected();
  }
  if (answer.redirected) await forget(); // to the login
  else if (answer.ok && await caches.has(INSTALLED)) await storeDesk(answer.clone(), begun);
  return answer;
}

async function storeDesk(answer, begun) {
  const headers = new Headers(answer.headers);
  headers.set("X-Stored-At", Date.now());
  const copy = new Response(await answer.blob(), { headers });
  if (begun === generation) await (await caches.open(DESK)).put(OF.desk, copy);
  if (begun !== generation) await caches.delete(DESK);
}

async function readDesk() {
  const stored = await caches.match(OF.desk, { cacheName: DESK, ignoreVary: true });
  if (!stored) return null;
  const at = Number(stored.headers.get("X-Stored-At"));
  if (Date.now() - at > OF.hours * 3600 * 1000) {
    await forget();
    return null;
  }
  const time = new Date(at).toLocaleTimeString("id", { hour: "2-digit", minute: "2-digit" });
  const page = (await stored.text()).replace(/ data-disconnected hidden>([^<]*)<b>-/, ` data-disconnected>$1<b>${time}`);
  return new Response(page, { headers: stored.headers });
}

addEventListener("push", (event) => {
  const { title, body, path } = event.data.json();
  const shown = { body, icon: OF.icon, badge: OF.icon, tag: path.startsWith("/p/") ? path : OF.desk, data: path };
  event.waitUntil(registration.showNotification(title, shown));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow(event.notification.data));
});
