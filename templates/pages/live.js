// The pages work without this. It brings in what is new, keeps what was typed, and saves a few clicks.
"use strict";

const PERIOD = 2000; // milliseconds between two looks, while the page is visible

let etag = null;

async function look() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(location.pathname, { headers, cache: "no-store" });
  if (answer.status !== 200) return;
  etag = answer.headers.get("ETag");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const colors = document.getElementById("label-colors");
  const wanted = fresh.getElementById("label-colors").getAttribute("href");
  if (colors.getAttribute("href") !== wanted) colors.setAttribute("href", wanted);
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(part.id);
    if (other) renew(part, other);
  }
}

// Only children that differ are touched: open folds and half-written edits elsewhere stay as they are.
function renew(part, other) {
  const before = [...part.children];
  const after = [...other.children];
  if (!after.every((child) => child.id)) {
    if (part.innerHTML !== other.innerHTML && !busy(part)) part.replaceChildren(...after);
    return;
  }
  const known = new Map(before.map((child) => [child.id, child]));
  const ids = new Set(after.map((child) => child.id));
  for (const child of before) if (!ids.has(child.id) && !busy(child)) child.remove();
  let previous = null;
  for (const child of after) {
    const old = known.get(child.id);
    let placed = old;
    if (!old) placed = document.adoptNode(child);
    else if (plain(old) !== plain(child) && !busy(old)) {
      placed = document.adoptNode(child);
      keepFolds(old, placed);
      old.replaceWith(placed);
    }
    const next = previous ? previous.nextElementSibling : part.firstElementChild;
    if (placed !== next) part.insertBefore(placed, next);
    previous = placed;
  }
}

// What the reader opened and closed is the reader's business, not a difference.
function plain(element) {
  const copy = element.cloneNode(true);
  for (const fold of [copy, ...copy.querySelectorAll("details")]) fold.removeAttribute("open");
  return copy.outerHTML;
}

function keepFolds(old, placed) {
  const folds = [...placed.querySelectorAll("details")];
  [...old.querySelectorAll("details")].forEach((fold, at) => {
    if (folds[at]) folds[at].open = fold.open;
  });
}

// Somebody is typing here, or has typed, or is about to.
function busy(element) {
  if (element.contains(document.activeElement) || element.querySelector("details.change[open]")) return true;
  return [...element.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue);
}

function draftKey(field) {
  return `draft ${location.pathname} ${field.name}`;
}

for (const field of document.querySelectorAll("[data-draft]")) {
  if (!field.value) field.value = sessionStorage.getItem(draftKey(field)) || "";
  field.addEventListener("input", () => sessionStorage.setItem(draftKey(field), field.value));
  field.form.addEventListener("submit", () => sessionStorage.removeItem(draftKey(field)));
}

for (const choice of document.querySelectorAll("select[data-submit]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
  choice.form.querySelector("button").hidden = true;
}

for (const line of document.querySelectorAll("[data-line]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "insert";
  button.textContent = "insert";
  button.setAttribute("aria-label", `Insert ${line.textContent}`);
  button.addEventListener("click", () => {
    const field = document.getElementById("body");
    field.value = field.value.trimEnd() + (field.value.trim() ? "\n" : "") + line.textContent;
    field.dispatchEvent(new Event("input"));
    field.focus();
  });
  line.after(" ", button);
}

document.getElementById("body")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.form;
  form.requestSubmit(form.querySelector("button.primary"));
});

if (document.querySelector("[data-live]")) {
  setInterval(() => {
    if (!document.hidden) look().catch(() => {}); // the server is gone or restarting: try again
  }, PERIOD);
}
