// The form for a case, with JavaScript: checked at every pause, kept in this browser, rows added
// without losing one's place. Without it the same buttons send the form and get it back.

"use strict";

const form = document.getElementById("case-form");
const PAUSE = 700; // milliseconds without a key before the form is checked
const LONG_PAUSE = 2500; // before it is also compared with the casebook
const storageKey = `case-form:${form.dataset.key}`;
let asking = null;
let timers = [];

// ---- what was written is kept in this browser, and only there

function written() {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "markdown") fields.append(name, value);
  }
  return fields;
}

function keep() {
  try {
    localStorage.setItem(storageKey, written().toString());
  } catch { /* a browser that keeps nothing still has the form */ }
}

function kept() {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function forget() {
  try {
    localStorage.removeItem(storageKey);
  } catch { /* nothing was kept */ }
}

// ---- asking the server: the page itself, of which the parts that live are taken

async function ask(deed, fields = written()) {
  asking?.abort();
  const mine = asking = new AbortController();
  fields.set("do", deed);
  try {
    const response = await fetch(form.action, { method: "POST", body: fields, signal: mine.signal });
    if (!response.ok) throw new Error(String(response.status));
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch (error) {
    if (error.name === "AbortError") return null;
    say(form.dataset.unreachable);
    return null;
  } finally {
    if (asking === mine) asking = null;
  }
}

function say(text) {
  const spoken = document.getElementById("spoken");
  if (text && spoken.textContent !== text) spoken.textContent = text;
}

function take(page) {
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const old = document.getElementById(fresh.id);
    if (!old) continue;
    const open = old.querySelector("details")?.open;
    if (old.innerHTML === fresh.innerHTML) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceChildren(...fresh.childNodes);
    if (open) old.querySelector("details").open = true;
    if (focused) [...old.querySelectorAll("a, button, summary")]
      .find((each) => each.textContent === focused.textContent)?.focus({ preventScroll: true });
  }
  for (const fresh of page.querySelectorAll("select[data-options]")) {
    const old = document.getElementById(fresh.id);
    if (!old || old === document.activeElement) continue;
    const chosen = old.value;
    old.replaceChildren(...fresh.childNodes);
    old.value = chosen;
  }
  for (const fresh of page.querySelectorAll("#parts [aria-describedby]")) {
    const old = document.getElementById(fresh.id);
    if (old) old.toggleAttribute("aria-invalid", fresh.hasAttribute("aria-invalid"));
    if (old?.hasAttribute("aria-invalid")) old.setAttribute("aria-invalid", "true");
  }
  say(page.getElementById("state")?.dataset.spoken);
  enrich();
}

async function check(deed) {
  const page = await ask(deed);
  if (page) take(page);
}

// The whole of the fields is exchanged when rows come or go, or a file is read in.
async function exchange(deed, fields) {
  const page = await ask(deed, fields);
  if (!page) return false;
  const parts = document.getElementById("parts");
  const open = [...parts.querySelectorAll("details")].map((each) => each.open);
  parts.replaceChildren(...page.getElementById("parts").childNodes);
  if (deed !== "read") parts.querySelectorAll("details").forEach((each, at) => { each.open ||= Boolean(open[at]); });
  take(page);
  document.querySelectorAll("main > .contribute > .notice").forEach((each) => each.remove());
  document.querySelector("#spoken").after(...page.querySelectorAll(".contribute > .notice"));
  keep();
  return true;
}

function later() {
  keep();
  timers.forEach(clearTimeout);
  timers = [
    setTimeout(() => check("lint"), PAUSE),
    setTimeout(() => check("check"), LONG_PAUSE),
  ];
}

function now() {
  timers.forEach(clearTimeout);
  timers = [];
}

// ---- what the fields gain

function count(area) {
  const words = area.value.trim().split(/\s+/).filter(Boolean);
  const size = area.dataset.count === "words" ? words.length : [...words.join(" ")].length;
  const output = document.getElementById(`count-${area.id}`)?.querySelector("output");
  if (!output) return;
  output.textContent = size;
  const fits = size >= Number(area.dataset.low) && size <= Number(area.dataset.high);
  output.parentElement.classList.toggle("fits", fits);
}

function enrich() {
  document.querySelectorAll("[data-needs-script]").forEach((each) => { each.hidden = false; });
  document.querySelectorAll("textarea[data-count]").forEach(count);
  document.querySelectorAll("button[data-copy]").forEach((each) => { each.hidden = !navigator.clipboard; });
  // Footnotes are put in where one writes.
  const cites = [...document.querySelectorAll("#cites [data-cite]")].map((each) => each.dataset.cite);
  document.querySelectorAll("textarea[name^='sections.']").forEach((area) => {
    let bar = area.parentElement.querySelector(".cite-bar");
    if (!bar) {
      bar = document.createElement("p");
      bar.className = "cite-bar";
      area.after(bar);
    }
    if (bar.dataset.cites === cites.join()) return;
    bar.dataset.cites = cites.join();
    bar.replaceChildren(...cites.map((id) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = `[^${id}]`;
      button.setAttribute("aria-label", `${form.dataset.footnote.replace("{id}", id)}`);
      button.addEventListener("click", () => {
        area.focus();
        area.setRangeText(`[^${id}]`, area.selectionStart, area.selectionEnd, "end");
        later();
      });
      return button;
    }));
  });
}

form.addEventListener("input", (event) => {
  if (event.target.id === "markdown" || event.target.id === "pick") return;
  if (event.target.matches("textarea[data-count]")) count(event.target);
  later();
});

form.addEventListener("change", async (event) => {
  if (event.target.id !== "pick") return;
  const [file] = event.target.files;
  if (!file) return;
  document.getElementById("markdown").value = await file.text();
  read();
});

async function read() {
  now();
  const fields = new URLSearchParams({ markdown: document.getElementById("markdown").value });
  if (await exchange("read", fields)) document.getElementById("f-place-country").focus();
}

form.addEventListener("submit", async (event) => {
  const deed = event.submitter?.value || "check";
  keep();
  if (deed === "download" || deed === "preview") return;
  event.preventDefault();
  now();
  if (deed === "read") return read();
  if (deed === "check") return check(deed);
  const [what, kind, number] = deed.split(/-(.*?)(?:-(\d+))?$/);
  if (what === "use") {
    if (await exchange(deed)) document.getElementById("checked-title").parentElement.querySelector("button")?.focus({ preventScroll: true });
    return check("check");
  }
  if (!await exchange(deed)) return;
  const rows = document.querySelectorAll(`[id^='row-${kind}-']`);
  if (what === "add") rows[rows.length - 1].querySelector("input:not([type=hidden]), select").focus();
  if (what === "remove") (rows[number] ?? document.getElementById(`add-${kind}`)).querySelector?.("input:not([type=hidden])")?.focus();
  if (what === "remove" && !rows[number]) document.getElementById(`add-${kind}`).focus();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button");
  if (button?.id === "start-over" && confirm(button.dataset.sure)) {
    now();
    forget();
    location.assign(location.href.split("#")[0]);
  }
  if (button?.dataset.copy) {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  }
  // A link to a field leads into it, also where it lies in something closed.
  const link = event.target.closest?.(".todo a");
  const field = link && document.getElementById(link.hash.slice(1));
  if (field) {
    event.preventDefault();
    for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    const control = field.matches("input, select, textarea") ? field : field.querySelector("input:not([type=hidden])") ?? document.getElementById("tick-self-reliance");
    control.focus();
    control.scrollIntoView({ block: "center" });
  }
});

addEventListener("pagehide", () => { if (timers.length) keep(); });

// ---- at the beginning: what was kept comes back, rows and all

enrich();
if (form.hasAttribute("data-fresh") && kept()) {
  exchange("check", new URLSearchParams(kept()));
} else if (!form.hasAttribute("data-fresh")) {
  keep();
}
