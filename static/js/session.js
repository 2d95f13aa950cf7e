// Warns two minutes before the session ends, and extends it at the press of a button.
// Asking for the remaining time is no activity; pressing the button is. After a login in another tab, the forms
// of this page get the new CSRF token, so that they can still be sent.
"use strict";

const notice = document.querySelector("[data-session]");
const [sentence, button] = notice.children;
const tokens = document.getElementsByName("csrfmiddlewaretoken");
const WARNING = 120; // seconds before the end

async function getSeconds(method) {
  const headers = { "X-CSRFToken": tokens[0].value };
  const answer = await fetch(notice.dataset.session, { method, headers, redirect: "manual", cache: "no-store" });
  if (!answer.ok) return 0; // logged out: redirected to the login
  const { seconds, token } = await answer.json();
  tokens.forEach((input) => { input.value = token; });
  return seconds;
}

async function check(method = "GET") {
  let seconds;
  try {
    seconds = await getSeconds(method);
  } catch { // not connected
    later(60);
    return;
  }
  if (seconds <= 0) window.caches?.delete("meja"); // what the installed app keeps of the desk
  notice.hidden = seconds > WARNING;
  button.hidden = seconds <= 0;
  if (!notice.hidden) sentence.textContent = seconds > 0 ? notice.dataset.soon : notice.dataset.over;
  later(seconds > WARNING ? seconds - WARNING : 60);
}

let timer = 0;
function later(seconds) {
  clearTimeout(timer);
  timer = setTimeout(() => check(), seconds * 1000);
}

button.addEventListener("click", () => check("POST"));
later(Number(notice.dataset.seconds) - WARNING);
