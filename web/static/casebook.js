// What pages gain with JavaScript; without it every one of them works all the same.

"use strict";

// Enter asks, as in a field of one line; Shift+Enter begins a new line of a plan.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!field.matches?.("textarea[name=q]")) return;
  event.preventDefault();
  field.form.requestSubmit();
});

// Results while typing are for questions; what is too long for an address waits for the button.
document.addEventListener("htmx:configRequest", (event) => {
  const asked = event.detail.parameters.get?.("q") ?? event.detail.parameters.q ?? "";
  if (asked.length > 500) event.preventDefault();
});

// The language that was chosen is kept.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#languages a");
  if (link) document.cookie = `lang=${link.lang}; path=/; max-age=31536000; SameSite=Lax`;
});

// A footnote opens where it stands; a second click, or Escape, closes it.
const note = document.createElement("aside");
note.className = "note";
note.id = "note";
note.popover = "auto";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#source-']");
  if (!link || !note.showPopover || event.ctrlKey || event.metaKey) return;
  const source = document.getElementById(link.hash.slice(1));
  if (!source) return;
  event.preventDefault();
  if (!note.isConnected) document.body.append(note);
  note.replaceChildren(...[...source.childNodes].map((node) => node.cloneNode(true)));
  note.querySelectorAll(".back, [id]").forEach((each) => each.remove());
  const all = document.createElement("a");
  all.href = link.hash;
  all.className = "small";
  all.textContent = document.getElementById("sources-title").textContent + " ↓";
  all.addEventListener("click", (go) => { go.stopPropagation(); note.hidePopover(); });
  note.append(all);
  note.setAttribute("aria-label", `${document.getElementById("sources-title").textContent} ${link.textContent}`);
  note.tabIndex = -1;
  note.showPopover();
  const at = link.getBoundingClientRect();
  const box = note.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left - 16), document.documentElement.clientWidth - box.width - 8);
  const below = at.bottom + 6;
  const top = below + box.height > innerHeight ? Math.max(8, at.top - box.height - 6) : below;
  note.style.left = `${left}px`;
  note.style.top = `${top}px`;
  note.focus({ preventScroll: true });
  note.ontoggle = (change) => {
    if (change.newState === "closed" && note.contains(document.activeElement)) link.focus({ preventScroll: true });
  };
});

// The button that copies; it is hidden until there is something to copy with.
document.querySelectorAll("button[data-copies]").forEach((button) => {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim());
    button.textContent = button.dataset.done;
  });
});

// A card and its dot on a map point at one another, and the map says which case it is.
const of = (id) => document.querySelectorAll(`[data-case="${CSS.escape(id)}"]`);

const point = (id, on, kind) => {
  let title = null;
  of(id).forEach((each) => {
    each.classList.toggle(kind, on);
    if (!each.closest("svg")) title ??= each.querySelector(".title a, th a");
    else if (on && each !== each.parentNode.lastElementChild && !each.matches(":hover")) each.parentNode.append(each);
  });
  document.querySelectorAll(".naming").forEach((line) => {
    line.dataset.usual ??= line.textContent;
    line.textContent = on && title ? title.textContent : line.dataset.usual;
    line.lang = (on && title?.querySelector("[lang]")?.lang) || document.documentElement.lang;
  });
};

for (const [start, stop] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
  const mark = (on) => (event) => {
    const pointed = event.target.closest?.("[data-case]");
    if (pointed && !pointed.contains(event.relatedTarget)) point(pointed.dataset.case, on, "pointed");
  };
  document.addEventListener(start, mark(true));
  document.addEventListener(stop, mark(false));
}

// While the list is scrolled, the map follows: the case at the height where one reads is marked.
let current = null;
const reader = new IntersectionObserver((entries) => {
  const arrived = entries.filter((entry) => entry.isIntersecting).at(-1);
  if (!arrived) return;
  if (current) point(current, false, "here");
  current = arrived.target.dataset.case;
  point(current, true, "here");
}, { rootMargin: "-30% 0px -69% 0px" });

const follow = () => {
  reader.disconnect();
  current = null;
  if (document.querySelector(".maps")) document.querySelectorAll(".found [data-case]").forEach((card) => reader.observe(card));
};
follow();
document.addEventListener("htmx:afterSettle", follow);
