"use strict";
// A simulation in its page: forms are sent from here, the parts they change are put in place, and the
// agents that a step goes through are lit in passing. Without it every form still works on its own.
(() => {
  const live = document.getElementById("live");
  const figure = document.getElementById("agents");
  const run = document.getElementById("run");
  const speed = document.getElementById("speed");
  const spots = new Map(figure.dataset.spots.split(" ").map((one) => one.split(":")));
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const moves = () => document.getElementById("moves").dataset;
  const pace = () => Number(speed.value);
  const wait = (time) => new Promise((done) => setTimeout(done, time));
  let busy = false;
  let ride = 0;
  let turn = 0;

  const box = (name) => document.getElementById(spots.get(name));
  const arrow = (from, to) =>
    figure.querySelector(`[data-from="${spots.get(from)}"][data-to="${spots.get(to)}"]`);

  function clear(...names) {
    for (const one of figure.querySelectorAll(names.map((name) => `.${name}`).join())) {
      one.classList.remove(...names);
    }
  }

  // Names of agents, each followed by where the dialogue goes next.
  function walk(names) {
    const passed = [];
    names.forEach((name, at) => {
      if (at) passed.push(arrow(names[at - 1], name));
      passed.push(box(name));
    });
    return passed.filter(Boolean);
  }

  function stand(one) {
    clear("on");
    if (one) one.classList.add("on");
  }

  async function light(names, from) {
    const mine = ++turn;
    const way = walk(names);
    clear("did");
    const first = still.matches || !pace() ? way.length : Math.max(0, way.indexOf(box(from)));
    for (const [at, one] of way.entries()) {
      one.classList.add("did");
      if (at < first) continue;
      stand(one);
      await wait(Math.min(450, pace() / 6));
      if (mine !== turn) return;
    }
    stand(way.at(-1));
  }

  function route() {
    const now = moves();
    const passed = now.passed ? ["router", ...now.passed.split(" "), "router"] : ["router"];
    if (now.rest !== "router") passed.push(now.rest);
    return passed;
  }

  // Server's parts take the place of those that changed; what is open, focused or typed elsewhere stays.
  function put(html) {
    const held = document.activeElement && document.activeElement.id;
    const open = new Map([...live.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
    const made = new DOMParser().parseFromString(html, "text/html");
    for (const fresh of [...made.body.children]) {
      const old = document.getElementById(fresh.id);
      if (!old || old.isEqualNode(fresh)) continue;
      if (fresh.id === "status") old.textContent = fresh.textContent;
      else old.replaceWith(fresh);
      if (fresh.id === "memory") fresh.open = open.get("memory");
    }
    run.disabled = document.getElementById("step").disabled;
    const again = held && document.getElementById(held);
    if (again && again !== document.activeElement) again.focus({ preventScroll: true });
  }

  function complain(text) {
    const place = document.getElementById("trouble");
    const said = document.createElement("p");
    said.className = "objection";
    said.textContent = text;
    place.replaceChildren(said);
  }

  function look() {
    const wrong = live.querySelector("[aria-invalid=true]");
    const yours = document.getElementById("play");
    if (wrong) wrong.focus();
    else if (yours) yours.querySelector("input:not([type=hidden]), select, textarea").focus();
    else {
      const at = live.querySelector(".step.now") || live.querySelector(".step.done:last-of-type");
      if (at) at.scrollIntoView({ block: "nearest" });
    }
  }

  // Whether what a form asks for was done; it is shown when this returns.
  async function send(form) {
    const done = await ask(form);
    if (done) await light(route(), done.agent);
    return Boolean(done);
  }

  async function ask(form) {
    if (busy) return null;
    busy = true;
    live.setAttribute("aria-busy", "true");
    const doing = form.action.split("/").at(-1);
    const agent = doing === "step" ? moves().next : doing === "play" ? "user" : "";
    const lit = agent ? light(["router", agent], "router") : Promise.resolve();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { "Accept": "application/x-fragment" },
        body: new URLSearchParams(new FormData(form)),
      });
      if (answer.status === 404 || answer.status === 410) {
        location.reload();
        return null;
      }
      if (!(answer.headers.get("Content-Type") || "").startsWith("text/html")) {
        const told = await answer.json();
        throw new Error(told.detail);
      }
      const html = await answer.text();
      await lit;
      put(html);
      look();
      if (answer.ok) return { agent };
      stand(box(moves().rest));
      return null;
    } catch (error) {
      complain(error instanceof TypeError ? "The studio does not answer; nothing has changed." : error.message);
      stand(box(moves().rest));
      return null;
    } finally {
      busy = false;
      live.removeAttribute("aria-busy");
    }
  }

  function step() {
    const button = document.getElementById("step");
    return button.disabled ? Promise.resolve(false) : send(button.form);
  }

  function pause() {
    ride = 0;
    run.textContent = "Run";
  }

  async function go() {
    const mine = ride = Date.now();
    run.textContent = "Pause";
    while (mine === ride && (await step()) && mine === ride) await wait(pace() / 2);
    if (mine === ride) pause();
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-live]")) return;
    event.preventDefault();
    pause();
    send(event.target);
  });
  run.addEventListener("click", () => { if (ride) pause(); else go(); });
  live.addEventListener("toggle", (event) => {
    if (event.target.id === "edit" && event.target.open) event.target.querySelector("textarea").focus();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, button, a, summary, [contenteditable]")) return;
    event.preventDefault();
    if (event.repeat) return;
    pause();
    step();
  });

  run.disabled = document.getElementById("step").disabled;
  run.hidden = document.getElementById("speed-label").hidden = false;
  const here = live.querySelector(".step.now");
  if (here && (moves().yours || moves().version !== "0")) here.scrollIntoView({ block: "nearest" });
  const names = route();
  for (const one of walk(names)) one.classList.add("did");
  stand(box(names.at(-1)));
})();
