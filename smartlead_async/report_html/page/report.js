"use strict";
(() => {
  const PAGE = 50;
  const MOST_PRINTED = 5000;
  const given = JSON.parse(document.getElementById("figures").textContent);
  const number = new Intl.NumberFormat("en");
  const byText = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const byId = (id) => document.getElementById(id);

  // Only as text: names come from plans, and reasons from a server.
  function element(tag, text, attributes = {}) {
    const made = document.createElement(tag);
    if (text !== undefined && text !== null) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  // The rules of measured_duration() in wording.py.
  function duration(seconds) {
    if (seconds === null) return "–";
    if (seconds < 10) return `${seconds ? seconds.toFixed(seconds < 0.995 ? 2 : 1) : 0} s`;
    for (const [size, unit, below, smaller] of [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]]) {
      const whole = Math.round(seconds / below) * below;
      if (whole < size) continue;
      const rest = Math.floor((whole % size) / below);
      return `${Math.floor(whole / size)} ${unit}${rest ? ` ${rest} ${smaller}` : ""}`;
    }
    return `${Math.round(seconds)} s`;
  }

  function utcTime(seconds) {
    if (seconds === null) return "–";
    return new Date((given.origin + seconds) * 1000).toISOString().slice(0, 19).replace("T", " ");
  }

  const reason = (place) => (place === null ? null : given.reasons[place]);
  const campaigns = given.campaigns.map((row) => {
    const [name, key, id, client, state, stopped, error, requests, creates, adopted, leads, began, ended, steps] = row;
    return {
      name, key, id, client, requests, creates, began, ended, steps, stopped,
      state: given.states[state],
      error: reason(error),
      adopted: adopted === 1,
      leads: { sent: leads[0], added: leads[1], there: leads[2], skipped: leads[3] },
      // Not from the begin to the end: the job may have been stopped for a day in between.
      took: began === null || ended === null ? null : steps.reduce((sum, step) => sum + (step[3] === null ? 0 : step[3] - step[2]), 0),
      retried: creates > 1 || steps.some((step) => step[4] > 1 && given.steps[step[0]] !== "leads"),
    };
  });
  for (const one of campaigns) {
    one.texts = [one.name, one.key, String(one.id ?? ""), one.error ?? ""].map((text) => text.toLowerCase());
  }

  // --- the table of all campaigns -----------------------------------------------------------------

  const columns = {
    name: (one) => one.name,
    state: (one) => one.state,
    id: (one) => one.id,
    leads: (one) => one.leads.added + one.leads.there,
    requests: (one) => one.requests,
    began: (one) => one.began,
    took: (one) => one.took,
  };
  const picks = {
    "": () => true,
    adopted: (one) => one.adopted,
    retried: (one) => one.retried,
  };
  const view = { words: [], only: "", sort: null, down: false, page: 0, rows: campaigns };
  const table = byId("campaigns");
  const body = table.tBodies[0];

  function compared(value) {
    return (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === null || y === null) return (x === null) - (y === null); // unknown values come last
      const order = typeof x === "string" ? byText.compare(x, y) : x - y;
      return view.down ? -order : order;
    };
  }

  function choose() {
    const wanted = picks[view.only] ?? ((one) => one.state === view.only);
    // All words must be in the same field: "town 1" does not match a town whose id contains a 1.
    const fits = (one) => one.texts.some((text) => view.words.every((word) => text.includes(word)));
    view.rows = campaigns.filter((one) => wanted(one) && fits(one));
    if (view.sort) view.rows.sort(compared(columns[view.sort]));
    view.page = 0;
    draw();
  }

  function draw() {
    const pages = Math.max(Math.ceil(view.rows.length / PAGE), 1);
    show(view.page * PAGE, PAGE);
    for (const id of ["first", "previous"]) byId(id).disabled = view.page === 0;
    for (const id of ["next", "last"]) byId(id).disabled = view.page >= pages - 1;
    byId("page").value = view.page + 1;
    byId("page").max = pages;
    byId("pages").textContent = number.format(pages);
  }

  function turnTo(page) {
    view.page = Math.min(Math.max(page, 0), Math.max(Math.ceil(view.rows.length / PAGE) - 1, 0));
    const before = document.activeElement;
    draw();
    if (before.disabled) byId("page").focus(); // a disabled button would lose the keys
  }

  function show(first, most) {
    const rows = view.rows.slice(first, first + most);
    body.replaceChildren(...rows.map(rowOf));
    const [of, all] = [number.format(view.rows.length), number.format(campaigns.length)];
    const part = view.rows.length === campaigns.length ? `${all} campaigns` : `${of} matches in ${all} campaigns`;
    byId("shown").textContent = rows.length
      ? `${number.format(first + 1)} to ${number.format(first + rows.length)} of ${part}`
      : campaigns.length ? `No matches in ${all} campaigns` : "No campaign was begun";
  }

  function rowOf(one) {
    const row = element("tr");
    const unfold = element("button", undefined, { type: "button", class: "unfold", "aria-expanded": "false" });
    unfold.append(element("bdi", one.name));
    unfold.addEventListener("click", () => fold(row, unfold, one));
    const first = element("th", undefined, { scope: "row", class: "name" });
    first.append(unfold);
    const state = element("td");
    const word = one.state === "running" ? "not finished" : one.state;
    state.append(element("span", one.stopped ? `${word} ${one.stopped}` : word, { class: `state ${one.state}` }));
    if (one.adopted) state.append(element("div", "adopted", { class: "quiet small" }));
    if (one.error) state.append(element("div", one.error, { class: "reason small given", dir: "auto" }));
    row.append(
      first, state,
      ...[
        one.id ?? "–",
        number.format(columns.leads(one)),
        number.format(one.requests),
        one.began === null ? "–" : one.began < 0 ? "earlier run" : `+ ${duration(one.began)}`,
        duration(one.took),
      ].map((text) => element("td", String(text), { class: "n" })),
    );
    return row;
  }

  function fold(row, button, one) {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) {
      row.nextElementSibling.remove();
      return;
    }
    const inside = element("tr", undefined, { class: "inside" });
    const cell = element("td", undefined, { colspan: "7" });
    const facts = [`key ${one.key}`];
    if (one.client !== null) facts.push(`client ${one.client}`);
    if (one.leads.sent) {
      facts.push(`${number.format(one.leads.sent)} leads sent: ${number.format(one.leads.added)} imported, ` +
        `${number.format(one.leads.there)} already there, ${number.format(one.leads.skipped)} skipped`);
    }
    if (one.creates > 1) facts.push(`create sent ${one.creates} times, because it got no response`);
    cell.append(element("p", facts.join(" · "), { class: "small given", dir: "auto" }), stepsOf(one));
    inside.append(cell);
    row.after(inside);
  }

  function stepsOf(one) {
    const steps = element("table");
    const head = element("tr");
    for (const title of ["Step", "State", "Sent (UTC)", "Took", "Requests"]) {
      head.append(element("th", title, { scope: "col", ...(title === "Took" || title === "Requests" ? { class: "n" } : {}) }));
    }
    const rows = one.steps.map(([step, state, sent, ended, requests, error]) => {
      const row = element("tr");
      const word = given.stepStates[state];
      const told = element("td");
      told.append(element("span", word === "sent" ? "sent, no response yet" : word, { class: `state ${word}` }));
      if (error !== null) told.append(element("div", reason(error), { class: "reason small given", dir: "auto" }));
      row.append(
        element("th", given.steps[step], { scope: "row" }), told, element("td", utcTime(sent)),
        element("td", ended === null ? "–" : duration(ended - sent), { class: "n" }),
        element("td", number.format(requests), { class: "n" }),
      );
      return row;
    });
    const thead = element("thead");
    thead.append(head);
    const tbody = element("tbody");
    tbody.append(...rows);
    steps.append(thead, tbody);
    return steps;
  }

  let pause;
  byId("search").addEventListener("input", (event) => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      view.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
      choose();
    }, 120);
  });
  byId("only").addEventListener("change", (event) => { view.only = event.target.value; choose(); });
  byId("first").addEventListener("click", () => turnTo(0));
  byId("previous").addEventListener("click", () => turnTo(view.page - 1));
  byId("next").addEventListener("click", () => turnTo(view.page + 1));
  byId("last").addEventListener("click", () => turnTo(Infinity));
  byId("page").addEventListener("change", (event) => turnTo((parseInt(event.target.value, 10) || 1) - 1));
  addEventListener("beforeprint", () => show(0, MOST_PRINTED));
  addEventListener("afterprint", draw);
  for (const button of table.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      const column = button.dataset.sort;
      view.down = view.sort === column && !view.down;
      view.sort = column;
      for (const head of table.querySelectorAll("thead th")) head.setAttribute("aria-sort", "none");
      button.parentElement.setAttribute("aria-sort", view.down ? "descending" : "ascending");
      choose();
    });
  }
  for (const part of [table, ...document.querySelectorAll("#all .controls, #all .pages")]) part.hidden = false;
  draw();

  // --- the command that retries the failed campaigns --------------------------------------------------

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const code = byId(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code); // a page from a file may not write to the clipboard
        button.textContent = "Selected";
      }
    });
  }

  // --- the values of the plots under the pointer -----------------------------------------------------

  for (const plot of document.querySelectorAll(".plot[data-plot]")) {
    const figures = given.plots[plot.dataset.plot];
    if (!figures || !figures.at.length) continue;
    const cursor = element("div", undefined, { class: "cursor", hidden: "" });
    const reading = element("div", undefined, { class: "reading", hidden: "" });
    plot.append(cursor, reading);
    const leave = () => { cursor.hidden = reading.hidden = true; };
    plot.addEventListener("pointerleave", leave);
    plot.addEventListener("pointermove", (event) => {
      const box = plot.getBoundingClientRect();
      const narrow = getComputedStyle(plot.querySelector(".wide")).display === "none";
      const [left, right] = figures.edges.slice(narrow ? 2 : 0).map((edge) => edge * box.width);
      const x = event.clientX - box.left;
      if (x < left || x > right) return leave();
      const time = ((x - left) / (right - left)) * figures.end;
      let place = figures.at.findLastIndex((at) => at <= time);
      if (place < 0) place = 0;
      reading.replaceChildren(element("b", `after ${duration(figures.at[place])}`));
      for (const [name, values] of figures.columns) reading.append(element("div", `${name}: ${values[place]}`));
      cursor.hidden = reading.hidden = false;
      cursor.style.left = `${x}px`;
      reading.style.left = `${x + 12 + reading.offsetWidth > box.width ? Math.max(x - 12 - reading.offsetWidth, 0) : x + 12}px`;
    });
  }
})();
