"use strict";
// Keeps the queue fresh while it is looked at, and walks it by keys. Without JavaScript the page is loaded again by hand.
(() => {
  const EVERY = 8000;
  let chosen = "";

  function rows() {
    return [...document.querySelectorAll("#queue tbody tr")];
  }

  function mark() {
    for (const row of rows()) row.classList.toggle("is-chosen", row.querySelector("a").textContent === chosen);
  }

  async function refresh() {
    const shown = document.getElementById("queue");
    if (document.hidden || shown.contains(document.activeElement) || String(getSelection())) return;
    const response = await fetch(location.pathname + location.search);
    if (!response.ok || response.redirected) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("queue");
    if (!fresh || fresh.innerHTML === shown.innerHTML) return;
    // The count is a live region: it has to stay to be read out.
    const count = document.getElementById("count");
    const words = fresh.querySelector("#count").textContent;
    if (count.textContent !== words) count.textContent = words;
    for (const old of [...shown.children].slice(1)) old.remove();
    shown.append(...[...fresh.children].slice(1));
    mark();
  }

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.querySelector("a").textContent === chosen);
    const next = all[Math.min(Math.max(here + by, 0), all.length - 1)];
    chosen = next.querySelector("a").textContent;
    mark();
    next.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input, select, textarea, button, a");
    if (writing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "n") document.querySelector("#next button")?.click();
    else if (event.key === "/") document.getElementById("search")?.focus();
    else if (event.key === "Enter" && chosen) rows().find((row) => row.classList.contains("is-chosen"))?.querySelector("a").click();
    else return;
    event.preventDefault();
  });

  setInterval(() => refresh().catch(() => {}), EVERY);
})();
