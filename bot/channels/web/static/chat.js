"use strict";
// The chat page: shows the feed, posts what the person says, tries again with the same id until the server has it.
(() => {
  const body = document.body;
  const words = JSON.parse(body.dataset.words);
  const base = body.dataset.base;
  const log = document.getElementById("log");
  const notice = document.getElementById("notice");
  const loading = document.getElementById("loading");
  const input = document.getElementById("text");
  const menu = document.getElementById("menu");
  const commands = document.getElementById("commands");
  const dialog = document.getElementById("other");

  let language = document.documentElement.lang;
  let chat = null; // which chat this page shows
  let last = 0; // the place in the feed up to which it is shown
  let posting = false;
  let polling = false;
  let stopped = false;
  const outbox = [];

  const word = (key) => words[language][key];
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const POLL = 3000;
  const POLL_HIDDEN = 15000;
  const LONGEST_WAIT = 8000;
  const CLOSED = [401, 404, 409]; // statuses of a script in the making that cannot be tried just now
  const TRIES = 5; // of a message the server breaks on; one that did not arrive is tried for ever

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  // --- words: screen readers get the language of each text, the page's own words follow the chat's ---

  const han = (text) => (text.match(/\p{Script=Han}/gu) || []).length;
  const latin = (text) => (text.match(/\p{Script=Latin}+/gu) || []).length; // words

  function languageOf(text) {
    if (!han(text) && !latin(text)) return "";
    return han(text) >= latin(text) ? "zh" : "en";
  }

  function follow(text) {
    // A text in both languages (the first question) says nothing.
    if (!han(text) && latin(text) > 1) speak("en");
    else if (han(text) > 4 * latin(text)) speak("zh");
  }

  function speak(wanted) {
    if (!words[wanted] || wanted === language) return;
    language = wanted;
    document.documentElement.lang = wanted;
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
    for (const element of document.querySelectorAll("[data-word-label]"))
      element.setAttribute("aria-label", word(element.dataset.wordLabel));
    for (const element of document.querySelectorAll("[data-word-placeholder]"))
      element.placeholder = word(element.dataset.wordPlaceholder);
    if (notice.dataset.key) say(notice.dataset.key);
  }

  function say(key) {
    notice.dataset.key = key;
    notice.hidden = !key;
    notice.textContent = key ? word(key) : "";
  }

  // --- showing ---

  function fill(bubble, lines) {
    bubble.replaceChildren(
      ...lines.map(([text, style]) => {
        const head = style === "headed" ? text.match(/^[^:：]{1,40}[:：]/)?.[0] || "" : "";
        const line = make("p", style, text.slice(head.length));
        if (head) line.prepend(make("b", "", head));
        const own = languageOf(text);
        if (own) line.lang = own;
        return line;
      }),
    );
  }

  function draw(message, rows) {
    const old = message.querySelector(".keys");
    const buttons = old ? [...old.querySelectorAll("button")] : [];
    const place = buttons.indexOf(document.activeElement);
    old?.remove();
    message.classList.toggle("asks", rows.length > 0);
    if (rows.length) {
      const keys = make("div", "keys");
      keys.setAttribute("role", "group");
      keys.setAttribute("aria-label", word("buttons"));
      for (const row of rows) {
        const line = make("div", "row");
        for (const [data, label, share] of row) {
          const id = data.split(":").slice(2).join(":");
          const kind = id === ".done" ? "done" : /^\.(skip|back|help|keep|human)$/.test(id) ? "control" : "";
          const button = make("button", kind, label);
          button.type = "button";
          button.dataset.data = data;
          const own = languageOf(label);
          if (own) button.lang = own;
          // A browser cannot share its own number: the person types it.
          button.addEventListener("click", () => (share ? input.focus() : press(message, button)));
          line.append(button);
        }
        keys.append(line);
      }
      message.append(keys);
    }
    if (place < 0) return false;
    const now = [...message.querySelectorAll(".keys button")];
    const same = now.find((button) => button.dataset.data === buttons[place].dataset.data);
    (same || now[Math.min(place, now.length - 1)])?.focus({ preventScroll: true });
    return now.length === 0;
  }

  function add(message) {
    log.append(message);
    return message;
  }

  function own(text) {
    const message = make("div", "message own");
    const bubble = make("div", "bubble");
    const line = make("p");
    const who = make("span", "apart", word("you") + " ");
    who.dataset.word = "you";
    line.append(who, text);
    const spoken = languageOf(text);
    if (spoken) bubble.lang = spoken;
    bubble.append(line);
    message.append(bubble);
    return add(message);
  }

  function asked(prompt) {
    const found = log.querySelectorAll(`.message[data-prompt="${Number(prompt)}"]`);
    return prompt ? found[found.length - 1] : undefined;
  }

  function carryOut(item) {
    if (item.op === "send") {
      const message = make("div", "message");
      message.dataset.seq = item.seq;
      message.dataset.prompt = item.prompt;
      message.tabIndex = -1;
      const bubble = make("div", "bubble");
      fill(bubble, item.lines);
      message.append(bubble);
      draw(message, item.rows);
      return { shown: add(message) };
    }
    const message =
      item.op === "strip" ? log.querySelector(`.message[data-seq="${Number(item.ref)}"]`) : asked(item.prompt);
    if (!message) return {};
    if (item.op === "settle") fill(message.querySelector(".bubble"), item.lines);
    const height = message.offsetHeight;
    const unfocused = draw(message, item.op === "redraw" ? item.rows : []);
    // A keyboard that grew stays in sight.
    if (item.op === "redraw") log.scrollTop += Math.max(0, message.offsetHeight - height);
    return { unfocused };
  }

  function scrollTo(message) {
    // As far down as possible, but never past the first line that is new.
    log.scrollTop = message.offsetTop - 10;
  }

  function receive(data, update) {
    if (chat !== null && data.chat !== chat) {
      // Another tab has started a new chat, or the cookie is gone: show what is there now.
      stopped = true;
      location.reload();
      return;
    }
    chat = data.chat;
    const news = data.feed.filter((item) => item.seq > last);
    let first = null;
    let newest = null;
    let unfocused = false;
    let bubble = null;
    if (update) {
      update.bubble?.classList.remove("waiting");
      if (update.message) {
        free(update.message);
        const ticked = news.some((item) => item.op === "redraw" && String(item.prompt) === update.message.dataset.prompt);
        if (!ticked) bubble = () => own(update.label);
      }
    }
    for (const item of news) {
      last = item.seq;
      if (item.op === "send" && bubble) {
        first = bubble();
        bubble = null;
      }
      const done = carryOut(item);
      unfocused ||= done.unfocused;
      if (done.shown) {
        first ||= done.shown;
        newest = done.shown;
      }
    }
    if (bubble) first = bubble();
    if (newest) {
      follow(newest.querySelector(".bubble").textContent);
    }
    if (first) scrollTo(first);
    // The pressed button is gone: the next Tab should lead to the next answer, not to the top of the page.
    if (unfocused) (newest || log).focus({ preventScroll: true });
  }

  // --- posting ---

  function post(content, about) {
    outbox.push({ ...about, content: { id: crypto.randomUUID?.() ?? uuid(), language: body.dataset.language, ...content } });
    drain();
  }

  function uuid() {
    // crypto.randomUUID is missing on plain http
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  async function call(path, options = {}) {
    const response = await fetch(path, { ...options, signal: AbortSignal.timeout?.(20000) });
    if (response.status >= 500 || response.status === 429) throw new Error("again", { cause: response.status });
    if (CLOSED.includes(response.status)) {
      stopped = true;
      location.reload(); // the page says why
    }
    return response.ok ? response.json() : null;
  }

  async function drain() {
    if (posting) return;
    posting = true;
    let wait = 500;
    while (outbox.length && !stopped) {
      const update = outbox[0];
      let answer = null;
      try {
        answer = await call(`${base}/updates`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ ...update.content, chat: chat || "", after: last }),
        });
      } catch (problem) {
        update.broke = (update.broke || 0) + (problem.cause === 500 ? 1 : 0);
        if (update.broke < TRIES) {
          say("lost");
          await sleep(wait);
          wait = Math.min(wait * 2, LONGEST_WAIT);
          continue;
        }
      }
      outbox.shift();
      wait = 500;
      if (answer) {
        say("");
        update.done?.();
        receive(answer, update);
      } else {
        say("refused");
        update.bubble?.remove();
        if (update.message) free(update.message);
        fetchNews(); // shows it if the chat is another one by now
      }
    }
    posting = false;
  }

  function free(message) {
    delete message.dataset.busy;
    const keys = message.querySelector(".keys");
    keys?.removeAttribute("aria-busy");
    keys?.querySelector(".pressed")?.classList.remove("pressed");
  }

  function press(message, button) {
    if (message.dataset.busy) return;
    message.dataset.busy = "1";
    button.classList.add("pressed");
    button.parentNode.parentNode.setAttribute("aria-busy", "true");
    post({ press: button.dataset.data, ref: message.dataset.seq }, { message, label: button.textContent });
  }

  function write(text, label) {
    const bubble = own(label || text);
    bubble.classList.add("waiting");
    scrollTo(bubble);
    post({ text }, { bubble });
  }

  // --- fetching ---

  async function fetchNews() {
    if (polling || stopped) return null;
    polling = true;
    try {
      const answer = await call(`${base}/feed?after=${last}`);
      if (answer && !posting && notice.dataset.key === "lost") say("");
      if (answer && chat !== null) receive(answer);
      return answer;
    } catch {
      say("lost");
      return null;
    } finally {
      polling = false;
    }
  }

  async function open() {
    loading.hidden = false;
    let answer = null;
    for (let wait = 500, fresh = 0; !answer || answer.new; ) {
      answer = await fetchNews();
      if (!answer) {
        await sleep(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      } else if (answer.new && ++fresh > 1) {
        stopped = true; // the cookie of the first answer did not come back
        loading.hidden = true;
        say("cookies");
        return;
      }
    }
    loading.remove();
    receive(answer);
    log.setAttribute("aria-live", "polite");
    requestAnimationFrame(() => log.classList.add("ready"));
    const messages = log.querySelectorAll(".message");
    if (messages.length) scrollTo(messages[messages.length - 1]);
    const start = body.dataset.start;
    if (start || last === 0) {
      const address = new URL(location.href);
      address.searchParams.delete("start"); // a reload does not start again
      const done = () => history.replaceState(null, "", address);
      post({ text: start ? `/start ${start}` : "/start" }, { done });
    }
    for (;;) {
      await sleep(document.hidden ? POLL_HIDDEN : POLL);
      if (!posting) await fetchNews();
    }
  }

  // --- the person's side ---

  document.getElementById("write").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text || stopped) return;
    input.value = "";
    write(text);
  });
  input.addEventListener("keydown", (event) => {
    // Enter that ends an input method's composition does not send (Safari says so by the key code only).
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });

  function toggle(shown) {
    commands.hidden = !shown;
    menu.setAttribute("aria-expanded", String(shown));
    if (shown) commands.querySelector("button").focus();
  }
  menu.addEventListener("click", () => toggle(commands.hidden));
  commands.addEventListener("click", (event) => {
    const command = event.target.dataset.command;
    if (!command || stopped) return;
    toggle(false);
    menu.focus();
    write(`/${command}`, event.target.textContent);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !commands.hidden) {
      toggle(false);
      menu.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!commands.hidden && !commands.contains(event.target) && !menu.contains(event.target)) toggle(false);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !posting && chat !== null) fetchNews();
  });
  window.addEventListener("online", () => chat !== null && fetchNews());

  document.getElementById("new").addEventListener("click", () => dialog.showModal());
  document.getElementById("cancel").addEventListener("click", () => dialog.close());

  open();
})();
