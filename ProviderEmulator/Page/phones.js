"use strict";

const cards = new Map();
let joining = true;
const notice = document.getElementById("notice");
const time = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });

async function send(method, path, body = {}) {
  const response = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const problem = response.ok ? null : await response.json().catch(() => null);
  notice.textContent = response.ok ? "" : problem?.detail ?? `Refused (${response.status})`;
  await refresh();
  return response.ok;
}

function newCard(number) {
  const card = document.getElementById("phone").content.firstElementChild.cloneNode(true);
  const path = `/phones/${encodeURIComponent(number)}`;
  card.querySelector(".reply").addEventListener("submit", async event => {
    event.preventDefault();
    const input = event.target.elements.text;
    if (await send("POST", `${path}/reply`, { text: input.value })) {
      input.value = "";
    }
  });
  for (const button of card.querySelectorAll("[data-action]")) {
    button.addEventListener("click", () => send("POST", `${path}/${button.dataset.action}`));
  }
  card.querySelector("select").addEventListener("change", event =>
    send("PUT", path, { behaviour: event.target.value }));
  return card;
}

function until(label, instant) {
  return instant ? `${label} until ${time.format(new Date(instant))}` : `${label}: no`;
}

function bubble(message) {
  const item = document.createElement("li");
  item.className = `${message.direction} ${message.status}`;
  item.append(message.body || "(no text)");
  const line = document.createElement("small");
  const error = message.errorCode ? ` ${message.errorCode}` : "";
  line.textContent = `${time.format(new Date(message.at))} · ${message.status}${error}`;
  item.append(line);
  return item;
}

function show(card, phone) {
  const shown = JSON.stringify(phone);
  if (card.dataset.shown === shown) {
    return;
  }
  card.dataset.shown = shown;
  card.querySelector("h2").textContent = phone.profileName;
  card.querySelector(".number").textContent = phone.number;
  const badge = card.querySelector(".badge");
  badge.textContent = phone.joined ? "joined" : "not joined";
  badge.classList.toggle("joined", phone.joined);
  const window = until("Free text", phone.windowUntil);
  card.querySelector(".limits").textContent = joining ? `${until("Joined", phone.joinedUntil)} · ${window}` : window;
  card.querySelector("select").value = phone.behaviour;
  const list = card.querySelector(".messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.replaceChildren(...phone.messages.map(bubble));
  if (atEnd) {
    list.scrollTop = list.scrollHeight;
  }
}

async function refresh() {
  const phones = await (await fetch("/phones?messages=40&limit=60")).json();
  const main = document.getElementById("phones");
  for (const phone of phones) {
    let card = cards.get(phone.number);
    if (!card) {
      card = newCard(phone.number);
      cards.set(phone.number, card);
      // Cards keep their place, so that none moves away under the pointer.
      main.append(card);
    }
    show(card, phone);
  }
}

async function start() {
  const sandbox = await (await fetch("/sandbox")).json();
  joining = sandbox.provider === "twilio"; // nobody else has a sandbox
  document.body.classList.toggle("open", !joining);
  document.getElementById("sandbox").textContent = sandbox.sandbox
    ? `Each joins by texting “join ${sandbox.joinCode}” to ${sandbox.number}; Join does that.`
    : `Messages come from ${sandbox.number}; no joining is needed.`;
}

async function poll() {
  try {
    if (!document.hidden) {
      await refresh();
    }
  } catch {
    notice.textContent = "The emulator does not answer.";
  }
  setTimeout(poll, 1000);
}

document.getElementById("add").addEventListener("submit", async event => {
  event.preventDefault();
  const form = event.target;
  const settings = form.elements.profileName.value ? { profileName: form.elements.profileName.value } : {};
  if (await send("PUT", `/phones/${encodeURIComponent(form.elements.number.value)}`, settings)) {
    form.reset();
  }
});

start().then(poll, poll);
