"use strict";
// Says while somebody types what would no longer agree. Without JavaScript it is said after saving.
(() => {
  const form = document.getElementById("card");
  const state = document.getElementById("state");
  const elsewhere = document.getElementById("elsewhere");
  const WAIT = 500;
  let timer = null;
  let latest = 0;

  function item(problem, link) {
    const line = document.createElement("li");
    line.className = problem.severity;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.textContent = problem.part.split(".")[1];
      line.append(anchor, " ");
    }
    const kind = document.createElement("strong");
    kind.textContent = problem.severity === "error" ? elsewhere.dataset.error : elsewhere.dataset.reminder;
    line.prepend(kind, " ");
    line.append(problem.text);
    return line;
  }

  // A problem stands beside the narrowest part of the card that holds it.
  function place(problems) {
    const lists = [...form.querySelectorAll("ul.problems[data-path]")];
    for (const list of lists) list.replaceChildren();
    for (const problem of problems) {
      const holding = lists.filter((list) => !list.dataset.path || `${problem.path}/`.startsWith(`${list.dataset.path}/`));
      holding.sort((one, other) => other.dataset.path.length - one.dataset.path.length);
      (holding[0] || lists[0]).append(item(problem));
    }
  }

  function others(problems) {
    elsewhere.replaceChildren();
    if (!problems.length) return;
    const heading = document.createElement("p");
    const words = document.createElement("strong");
    words.textContent = elsewhere.dataset.words;
    heading.append(words);
    const list = document.createElement("ul");
    list.className = "problems";
    for (const problem of problems.slice(0, 8))
      list.append(item(problem, problem.part && `${elsewhere.dataset.home}/parts/${encodeURIComponent(problem.part)}`));
    elsewhere.append(heading, list);
  }

  async function tryOut() {
    const turn = ++latest;
    const response = await fetch(form.dataset.try, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (turn !== latest) return;
    if (!response.ok || response.redirected) throw new Error("not checked");
    const found = await response.json();
    if (turn !== latest) return;
    if (found.why) {
      state.textContent = found.why;
      return;
    }
    place(found.problems);
    others(found.elsewhere);
    const wrong = state.dataset.wrong.replace("{n}", found.problems.length).replace("{others}", found.elsewhere.length);
    state.textContent = found.problems.length || found.elsewhere.length ? wrong : `✓ ${found.fine}`;
  }

  // What was said of the words before says nothing of these.
  function notChecked() {
    place([]);
    others([]);
    state.textContent = form.dataset.lost;
  }

  // What was typed is not lost by a slip: leaving asks first, saving does not.
  let typed = false;
  form.addEventListener("submit", () => (typed = false));
  window.addEventListener("beforeunload", (event) => typed && event.preventDefault());

  function soon() {
    typed = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const turn = latest + 1;
      tryOut().catch(() => turn === latest && notChecked());
    }, WAIT);
  }

  // Whoever types before this file has arrived, or comes back to words the browser kept, is told too.
  function changed(field) {
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.defaultValue !== undefined && field.value !== field.defaultValue;
  }

  form.addEventListener("input", soon);
  if ([...form.elements].some(changed)) soon();
})();
