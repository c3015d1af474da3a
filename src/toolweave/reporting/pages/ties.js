"use strict";
// What meets in one tie is lit together: an argument, the place its value came from, its plan line.
(() => {
  const held = new WeakMap();
  function lit(from) {
    const root = from.closest(".dialogue");
    const names = new Set(from.dataset.t.split(" "));
    if (!held.has(root)) held.set(root, [...root.querySelectorAll("[data-t]")]);
    for (const one of held.get(root)) {
      one.classList.toggle("lit", one.dataset.t.split(" ").some((name) => names.has(name)));
    }
  }
  function dark(root) {
    for (const one of (root || document).querySelectorAll(".lit")) one.classList.remove("lit");
  }
  const tied = (event) => event.target.closest && event.target.closest("[data-t]");
  document.addEventListener("pointerover", (event) => { const one = tied(event); if (one) lit(one); });
  document.addEventListener("pointerout", (event) => {
    const one = tied(event);
    if (!one) return;
    dark(one.closest(".dialogue"));
    const focused = document.activeElement;
    if (focused && focused.dataset && focused.dataset.t) lit(focused);
  });
  document.addEventListener("focusin", (event) => { const one = tied(event); dark(); if (one) lit(one); });
  document.addEventListener("focusout", () => dark());
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { dark(); document.activeElement.blur(); } });
})();
