"use strict";
// Shows how far measurements are, and the page anew when they are done. Without it the page asks anew by itself.
(() => {
  const waiting = document.querySelector("[data-wait]");
  if (!waiting) return;
  const trouble = waiting.querySelector("[data-trouble]");
  const calm = trouble.textContent;

  function show(run) {
    const name = CSS.escape(run.slug);
    const bar = waiting.querySelector(`[data-share="${name}"]`);
    const said = waiting.querySelector(`[data-told="${name}"]`);
    if (!bar || !said) return;
    if (run.share === null) bar.removeAttribute("value");
    else bar.value = run.share;
    said.textContent = run.told;
  }

  async function ask() {
    try {
      const answer = await fetch(waiting.dataset.wait, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const at = await answer.json();
      if (at.stage !== waiting.dataset.stage) {
        location.reload();
        return;
      }
      for (const run of at.runs) show(run);
      trouble.textContent = calm;
    } catch {
      trouble.textContent = "The studio does not answer.";
    }
    setTimeout(ask, 1000);
  }
  setTimeout(ask, 500);
})();
