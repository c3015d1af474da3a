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

  // Who comes back from a dialogue goes on from its row.
  const from = location.hash.startsWith("#r") && document.getElementById(location.hash.slice(1));
  if (from && from.matches("[data-row]")) from.focus();

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
    const wish = () => JSON.stringify({
      decision: form.elements.decision.value,
      note: form.elements.note.value,
      digest: form.dataset.digest,
    });
    let kept = wish();
    let sent = Promise.resolve();
    const put = async () => {
      const body = kept = wish();
      said.textContent = "Saving…";
      try {
        const answer = await fetch(form.dataset.post, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body,
          // Whoever typed a note and goes on at once has it kept all the same.
          keepalive: true,
        });
        const told = await answer.json();
        said.textContent = answer.ok ? told.told : told.detail;
        if (!answer.ok) kept = "";
      } catch {
        kept = "";
        said.textContent = "The studio does not answer; nothing is saved.";
      }
    };
    // One after the other, so that the last wish is the one that stays.
    const send = () => { sent = sent.then(put); };
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    form.addEventListener("change", () => { if (wish() !== kept) send(); });
    addEventListener("pagehide", () => { if (wish() !== kept) put(); });
  }

  // An address holds what was chosen and no more.
  for (const form of document.querySelectorAll("form.filter")) {
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
    });
  }

  const waiting = document.querySelector("[data-poll]");
  async function poll() {
    let at;
    try {
      const answer = await fetch(waiting.dataset.poll);
      if (!answer.ok) return;
      at = await answer.json();
    } catch {
      waiting.textContent = "· the studio does not answer";
      setTimeout(poll, 3000);
      return;
    }
    if (at.problem) {
      waiting.textContent = `· ${at.problem}`;
      return;
    }
    const left = at.unproved ? `, ${at.unproved.toLocaleString("en")} not proved yet` : "";
    waiting.textContent = `· reading ${Math.floor(100 * at.share)}%, ${at.rows.toLocaleString("en")} found${left}`;
    if (at.share < 1 || at.unproved) setTimeout(poll, 1000);
    else waiting.textContent = `· all ${at.rows.toLocaleString("en")} read`;
  }
  if (waiting) setTimeout(poll, 500);
})();
