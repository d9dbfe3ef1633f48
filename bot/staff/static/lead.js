"use strict";
// Says when a lead that stands open has changed: its person withdrew, wrote, or a colleague did something.
// Without JavaScript it is said when a form of the page is sent.
(() => {
  const EVERY = 8000;
  const told = document.getElementById("changed");

  async function look() {
    if (document.hidden) return;
    const response = await fetch(`${location.pathname}/mark`);
    if (!response.ok || response.redirected) return;
    told.firstElementChild.hidden = (await response.text()) === told.dataset.mark;
  }

  setInterval(() => look().catch(() => {}), EVERY);
})();
