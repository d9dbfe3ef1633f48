"use strict";
// Keeps the queue fresh while it is looked at. Without JavaScript the page is simply loaded again by hand.
(() => {
  const EVERY = 8000;

  async function refresh() {
    const shown = document.getElementById("queue");
    if (document.hidden || shown.contains(document.activeElement) || String(getSelection())) return;
    const response = await fetch(location.pathname);
    if (!response.ok || response.redirected) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("queue");
    if (!fresh || fresh.innerHTML === shown.innerHTML) return;
    // The count is a live region: it has to stay to be read out.
    const count = document.getElementById("count");
    const words = fresh.querySelector("#count").textContent;
    if (count.textContent !== words) count.textContent = words;
    for (const old of [...shown.children].slice(1)) old.remove();
    shown.append(...[...fresh.children].slice(1));
  }

  setInterval(() => refresh().catch(() => {}), EVERY);
})();
