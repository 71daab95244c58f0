// Pages work without this; with it they stay fresh, ask back, and send nothing twice.
"use strict";

// Nothing is taken from under somebody's hands: what is being typed, chosen, opened or pressed.
const typed = (field) => field.value !== field.defaultValue;
const picked = (list) => list.selectedIndex
  !== Math.max([...list.options].findIndex((one) => one.defaultSelected), 0);
const busy = (region) => document.hidden
  || document.activeElement?.matches("input, select, textarea, button, summary")
  || region.querySelector("input:checked, details[open]")
  || [...region.querySelectorAll("select")].some(picked)
  || [...region.querySelectorAll("input:not([type=checkbox]), textarea")].some(typed);

async function refresh(region) {
  if (busy(region)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(region.id);
  if (!fresh || busy(region) || fresh.innerHTML === region.innerHTML) return;
  const focused = document.activeElement?.getAttribute("href");
  const scrolled = [...region.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
  region.replaceChildren(...fresh.childNodes);
  region.querySelectorAll(".scroll").forEach((one, n) => { one.scrollLeft = scrolled[n] ?? 0; });
  if (focused) region.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

for (const region of document.querySelectorAll("[data-live]")) {
  setInterval(() => refresh(region).catch(() => {}), 1000 * Number(region.dataset.live));
}

document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (button?.dataset.sure && !confirm(button.dataset.sure)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

document.addEventListener("change", (event) => {
  const all = event.target;
  if (!all.matches("[data-all]")) return;
  for (const one of all.form.querySelectorAll("[name=chosen]")) one.checked = all.checked;
});

for (const text of document.querySelectorAll("[data-copy]")) {
  text.addEventListener("focus", () => text.select());
}

for (const link of document.querySelectorAll("[data-back]")) {
  link.addEventListener("click", (event) => {
    if (history.length > 1) {
      event.preventDefault();
      history.back();
    }
  });
}
