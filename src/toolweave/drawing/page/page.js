"use strict";
(() => {
  const stage = document.getElementById("stage");
  const svg = stage.querySelector("svg");
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const index = document.getElementById("index");
  const nodes = [...svg.querySelectorAll(".node")];
  const arrows = [...svg.querySelectorAll(".arrow")];
  const labels = new Map([...svg.querySelectorAll(".label")].map((g) => [g.dataset.arrow, g]));
  const joints = new Set(nodes.filter((node) => node.classList.contains("joint")).map((g) => g.id));
  const leaving = new Map(nodes.map((node) => [node.id, []]));
  const entering = new Map(nodes.map((node) => [node.id, []]));
  for (const arrow of arrows) {
    leaving.get(arrow.dataset.from).push(arrow);
    entering.get(arrow.dataset.to).push(arrow);
  }
  const page = { width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
  const view = { x: 0, y: 0, scale: 1 };
  const fingers = new Map();
  const entries = [...index.querySelectorAll("button")];
  const cardOf = (node) => document.getElementById(`card-${node.id}`);
  const WHOLE = 0.4;
  const READABLE = 0.6;
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
    view.scale = Math.min(2, width / page.width, height / page.height);
    view.x = (page.width - width / view.scale) / 2;
    view.y = (page.height - height / view.scale) / 2;
    show();
  }

  // What is first seen can be read: a drawing too large for that begins at its top.
  function start() {
    const { width, height } = size();
    const whole = Math.min(width / page.width, height / page.height);
    if (whole >= WHOLE || !nodes.length) {
      fit();
      return;
    }
    view.scale = Math.min(1, Math.max(READABLE, width / page.width));
    const boxes = nodes.map((node) => node.getBBox());
    const top = boxes.reduce((best, box) => (box.y < best.y ? box : best));
    const seen = width / view.scale;
    view.x = seen >= page.width ? (page.width - seen) / 2
      : Math.min(page.width - seen, Math.max(0, top.x + top.width / 2 - seen / 2));
    view.y = Math.max(0, top.y - 40);
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

  // The least move that shows a stretch whole; one that is out of sight comes to the middle.
  function shifted(start, length, from, room) {
    const margin = Math.min(20 / view.scale, Math.max(0, (room - length) / 2));
    if (start + length < from || start > from + room) return start + length / 2 - room / 2;
    if (start < from) return start - margin;
    return start + length > from + room ? start + length + margin - room : from;
  }

  function bringIn(node) {
    const box = node.getBBox();
    const { width, height } = size();
    view.x = shifted(box.x, box.width, view.x, width / view.scale);
    view.y = shifted(box.y, box.height, view.y, height / view.scale);
    show();
  }

  function light(lit) {
    svg.classList.toggle("some", lit !== null);
    for (const part of [...nodes, ...arrows, ...labels.values()]) {
      part.classList.toggle("lit", lit !== null && lit.has(part));
    }
  }

  // Everything one step away; a joint is no stop on the way.
  function follow(start, ways, end, lit) {
    const seen = new Set([start]);
    const open = [start];
    while (open.length) {
      for (const arrow of ways.get(open.pop())) {
        const next = arrow.dataset[end];
        // A joint leads nothing back to where it came from.
        if (next === start && !lit.has(arrow) && arrow.dataset.from !== arrow.dataset.to) continue;
        lit.add(arrow);
        if (labels.has(arrow.id)) lit.add(labels.get(arrow.id));
        lit.add(document.getElementById(next));
        if (joints.has(next) && !seen.has(next)) open.push(next);
        seen.add(next);
      }
    }
  }

  function choose(node) {
    if (chosen) {
      chosen.classList.remove("chosen");
      chosen.setAttribute("aria-pressed", "false");
      cardOf(chosen).hidden = true;
    }
    chosen = node;
    index.hidden = node !== null;
    if (node === null) {
      light(null);
      return;
    }
    node.classList.add("chosen");
    node.setAttribute("aria-pressed", "true");
    cardOf(node).hidden = false;
    document.getElementById("panel").scrollTop = 0;
    const lit = new Set([node]);
    follow(node.id, leaving, "to", lit);
    follow(node.id, entering, "from", lit);
    light(lit);
    // The panel may have taken room, so look again once it is there.
    requestAnimationFrame(() => bringIn(node));
  }

  function hits() {
    const wanted = search.value.trim().toLowerCase();
    if (!wanted) return null;
    const said = (node, parts) => [...cardOf(node).querySelectorAll(parts)]
      .some((part) => part.textContent.toLowerCase().includes(wanted));
    const named = nodes.filter((node) => said(node, "h2"));
    const others = nodes.filter((node) => !named.includes(node));
    return [...named, ...others.filter((node) => said(node, ".detail li, .group, td, .facts p"))];
  }

  function look() {
    choose(null);
    const list = hits();
    found.textContent = list === null ? "" : String(list.length);
    light(list === null ? null : new Set(list));
    for (const entry of entries) {
      const node = document.getElementById(entry.dataset.node);
      entry.parentElement.hidden = list !== null && !list.includes(node);
    }
    if (list && list.length) bringIn(list[0]);
  }

  for (const node of nodes) {
    const title = cardOf(node).querySelector("h2").textContent;
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
      // The button pressed is hidden now: whoever uses the keyboard goes on from the new card.
      cardOf(chosen).querySelector("h2").focus({ preventScroll: true });
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
  start();
})();
