"use strict";
// Keys, verdicts by hand, and the progress of an index. Every page works without it but for verdicts.
(() => {
  const typing = (one) => one.closest("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")];

  function move(step) {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
    if (next) next.focus();
    return Boolean(next);
  }

  function decide(place) {
    const form = document.querySelector("form.verdict");
    const choice = form && form.elements.decision[place];
    if (!choice) return false;
    choice.checked = true;
    form.requestSubmit();
    return true;
  }

  function remember() {
    const all = [...document.querySelectorAll("details.memory")];
    const open = all.some((one) => !one.open);
    for (const one of all) one.open = open;
    return all.length > 0;
  }

  const actions = {
    j: () => move(1), k: () => move(-1), m: remember,
    1: () => decide(0), 2: () => decide(1), 3: () => decide(2),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (named) {
      event.preventDefault();
      if (named.matches("input, textarea, select")) named.focus();
      else named.click();
    } else if (Object.hasOwn(actions, event.key) && actions[event.key]()) {
      event.preventDefault();
    }
  });

  for (const form of document.querySelectorAll("form.verdict")) {
    const said = form.querySelector("output");
    const send = async () => {
      said.textContent = "Saving…";
      try {
        const answer = await fetch(form.dataset.post, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({
            decision: form.elements.decision.value,
            note: form.elements.note.value,
            digest: form.dataset.digest,
          }),
        });
        const told = await answer.json();
        said.textContent = answer.ok ? told.told : told.detail;
      } catch {
        said.textContent = "The studio does not answer; nothing is saved.";
      }
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    for (const choice of form.elements.decision) choice.addEventListener("change", send);
  }

  // An address holds what was chosen and no more.
  for (const form of document.querySelectorAll("form.filter")) {
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
    });
  }

  const waiting = document.querySelector("[data-poll]");
  async function poll() {
    const answer = await fetch(waiting.dataset.poll);
    if (!answer.ok) return;
    const at = await answer.json();
    const left = at.unproved ? `, ${at.unproved.toLocaleString("en")} not proved yet` : "";
    waiting.textContent = `· reading ${Math.round(100 * at.share)}%, ${at.rows.toLocaleString("en")} found${left}`;
    if (at.share < 1 || at.unproved) setTimeout(poll, 1000);
    else waiting.textContent = `· all ${at.rows.toLocaleString("en")} read`;
  }
  if (waiting) setTimeout(poll, 500);
})();
