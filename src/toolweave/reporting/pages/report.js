"use strict";
// One button for all dialogues.
(() => {
  const all = document.getElementById("all");
  if (all) all.addEventListener("click", () => {
    const boxes = [...document.querySelectorAll("details.dialogue")];
    const open = boxes.some((box) => !box.open);
    for (const box of boxes) box.open = open;
    all.textContent = open ? "Close all" : "Open all";
  });
})();
