"use strict";
(() => {
  const stage = document.getElementById("stage");
  const svg = stage.querySelector("svg");
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const hint = document.getElementById("hint");
  const nodes = [...svg.querySelectorAll(".node")];
  const arrows = [...svg.querySelectorAll(".arrow")];
  const labels = new Map([...svg.querySelectorAll(".label")].map((g) => [g.dataset.arrow, g]));
  const page = { width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
  const view = { x: 0, y: 0, scale: 1 };
  const fingers = new Map();
  let chosen = null;
  let moved = 0;
  let pinch = 0;

  // The picture fills the stage; the view box says which part of the page is to be seen.
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  svg.setAttribute("preserveAspectRatio", "xMidYMid meet");

  const size = () => ({ width: stage.clientWidth || 1, height: stage.clientHeight || 1 });

  function show() {
    const { width, height } = size();
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${width / view.scale} ${height / view.scale}`);
  }

  function fit() {
    const { width, height } = size();
    const whole = Math.min(width / page.width, height / page.height);
    // A long plan would shrink to a thread: then fit its width and start at the top.
    view.scale = Math.min(2, whole < 0.45 ? Math.min(1, width / page.width) : whole);
    view.x = (page.width - width / view.scale) / 2;
    view.y = Math.max(0, page.height * view.scale - height) > 0 ? 0 : (page.height - height / view.scale) / 2;
    show();
  }

  function zoom(factor, at) {
    const { width, height } = size();
    const place = at || { x: width / 2, y: height / 2 };
    const scale = Math.min(8, Math.max(0.05, view.scale * factor));
    view.x += place.x / view.scale - place.x / scale;
    view.y += place.y / view.scale - place.y / scale;
    view.scale = scale;
    show();
  }

  function pan(dx, dy) {
    view.x -= dx / view.scale;
    view.y -= dy / view.scale;
    show();
  }

  function bringIn(node) {
    const box = node.getBBox();
    const { width, height } = size();
    const margin = 20 / view.scale;
    const right = view.x + width / view.scale;
    const bottom = view.y + height / view.scale;
    if (box.x < view.x + margin || box.x + box.width > right - margin) {
      view.x = box.x + box.width / 2 - width / view.scale / 2;
    }
    if (box.y < view.y + margin || box.y + box.height > bottom - margin) {
      view.y = box.y + box.height / 2 - height / view.scale / 2;
    }
    show();
  }

  function light(lit) {
    svg.classList.toggle("some", lit !== null);
    for (const part of [...nodes, ...arrows, ...labels.values()]) {
      part.classList.toggle("lit", lit !== null && lit.has(part));
    }
  }

  function choose(node) {
    if (chosen) {
      chosen.classList.remove("chosen");
      chosen.setAttribute("aria-pressed", "false");
      document.getElementById(`card-${chosen.id}`).hidden = true;
    }
    chosen = node;
    hint.hidden = node !== null;
    if (node === null) {
      light(null);
      return;
    }
    node.classList.add("chosen");
    node.setAttribute("aria-pressed", "true");
    document.getElementById(`card-${node.id}`).hidden = false;
    const lit = new Set([node]);
    for (const arrow of arrows) {
      if (arrow.dataset.from === node.id || arrow.dataset.to === node.id) {
        lit.add(arrow);
        lit.add(document.getElementById(arrow.dataset.from));
        lit.add(document.getElementById(arrow.dataset.to));
        if (labels.has(arrow.id)) lit.add(labels.get(arrow.id));
      }
    }
    light(lit);
    // The panel may have taken room, so look again once it is there.
    requestAnimationFrame(() => bringIn(node));
  }

  function hits() {
    const wanted = search.value.trim().toLowerCase();
    if (!wanted) return null;
    return nodes.filter((node) => {
      const card = document.getElementById(`card-${node.id}`);
      const words = [card.querySelector("h2"), ...card.querySelectorAll(".detail li, .group")];
      return words.some((word) => word.textContent.toLowerCase().includes(wanted));
    });
  }

  function look() {
    choose(null);
    const list = hits();
    found.textContent = list === null ? "" : String(list.length);
    light(list === null ? null : new Set(list));
    if (list && list.length) bringIn(list[0]);
  }

  for (const node of nodes) {
    const title = document.getElementById(`card-${node.id}`).querySelector("h2").textContent;
    node.setAttribute("tabindex", "0");
    node.setAttribute("role", "button");
    node.setAttribute("aria-pressed", "false");
    node.setAttribute("aria-label", title);
    node.addEventListener("focus", () => { if (node.matches(":focus-visible")) bringIn(node); });
  }

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const frame = stage.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      const at = { x: event.clientX - frame.left, y: event.clientY - frame.top };
      zoom(Math.exp(-event.deltaY * 0.005), at);
    } else {
      pan(-event.deltaX, -event.deltaY);
    }
  }, { passive: false });

  stage.addEventListener("pointerdown", (event) => {
    if (!fingers.size) moved = 0;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    pinch = 0;
  });

  window.addEventListener("pointermove", (event) => {
    const last = fingers.get(event.pointerId);
    if (!last) return;
    const dx = event.clientX - last.x;
    const dy = event.clientY - last.y;
    moved += Math.abs(dx) + Math.abs(dy);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) {
      stage.classList.add("drag");
      pan(dx, dy);
    } else if (fingers.size === 2) {
      const [a, b] = [...fingers.values()];
      const distance = Math.hypot(a.x - b.x, a.y - b.y);
      const frame = stage.getBoundingClientRect();
      const middle = { x: (a.x + b.x) / 2 - frame.left, y: (a.y + b.y) / 2 - frame.top };
      if (pinch) zoom(distance / pinch, middle);
      pinch = distance;
    }
  });

  for (const kind of ["pointerup", "pointercancel"]) {
    window.addEventListener(kind, (event) => {
      fingers.delete(event.pointerId);
      pinch = 0;
      if (!fingers.size) stage.classList.remove("drag");
    });
  }

  stage.addEventListener("click", (event) => {
    if (moved > 6) return;
    const node = event.target.closest(".node");
    choose(node === chosen ? null : node);
  });

  document.getElementById("panel").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.classList.contains("close")) {
      choose(null);
      stage.focus();
    } else if (button.dataset.node) {
      choose(document.getElementById(button.dataset.node));
    }
  });

  search.addEventListener("input", look);
  search.addEventListener("keydown", (event) => {
    const list = hits();
    if (event.key === "Enter" && list && list.length) {
      const next = list[(list.indexOf(chosen) + 1) % list.length];
      choose(next);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      look();
      return;
    }
    if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
    const node = event.target.closest ? event.target.closest(".node") : null;
    if (node && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      choose(node === chosen ? null : node);
      return;
    }
    const steps = {
      "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": fit,
      "/": () => search.focus(),
    };
    const ways = {
      ArrowLeft: () => pan(60, 0), ArrowRight: () => pan(-60, 0),
      ArrowUp: () => pan(0, 60), ArrowDown: () => pan(0, -60),
    };
    const action = steps[event.key] || (stage.contains(event.target) ? ways[event.key] : null);
    if (action) {
      event.preventDefault();
      action();
    }
  });

  document.getElementById("in").addEventListener("click", () => zoom(1.25));
  document.getElementById("out").addEventListener("click", () => zoom(0.8));
  document.getElementById("fit").addEventListener("click", fit);
  window.addEventListener("resize", show);
  fit();
})();
