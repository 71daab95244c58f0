// Pages work without this; with it they stay fresh, ask back, and send nothing twice.
"use strict";

const quiet = () => document.hidden || document.activeElement?.matches("input, select, textarea");

async function refresh(region) {
  if (quiet()) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(region.id);
  if (!fresh || quiet()) return;
  const [x, y] = [region.scrollLeft, region.scrollTop];
  const focused = document.activeElement?.getAttribute("href");
  region.replaceChildren(...fresh.childNodes);
  region.scrollTo(x, y);
  if (focused) region.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
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

for (const all of document.querySelectorAll("[data-all]")) {
  all.addEventListener("change", () => {
    for (const one of all.form.querySelectorAll("[name=chosen]")) one.checked = all.checked;
  });
}

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
