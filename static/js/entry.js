// The entry sheet with script: every cell saves by itself, the keyboard moves as in a spreadsheet, a column is pasted, and
// nothing typed is lost: it is kept in this browser, for this person, until the server has it.
(() => {
  "use strict";

  const table = document.getElementById("bang");
  const bar = document.getElementById("con-giu");
  if (!table || !window.htmx || !document.getElementById("phieu")) return;

  const KEY = `ntm-phieu:${table.dataset.person}:${location.pathname}`;
  const LETTERS = ["v", "x", "l", "d", "g"];
  const RETRY_AFTER = 15000;
  const busy = new Map(); // row id -> { sent, promise, carry, focus }
  const statuses = new Map(); // row id -> status of the last answer
  const failed = new Set(); // row ids that the server has not heard of

  const rowOf = (element) => element.closest?.("tbody.erow[data-url]") ?? null;
  const rows = () => [...table.querySelectorAll("tbody.erow[data-url]")];
  const field = (row, letter) => row.querySelector(`[name="${letter}-${row.dataset.measure}"]`);
  const fields = (row) => LETTERS.map((letter) => field(row, letter)).filter((one) => one && one.type !== "hidden");
  const letterOf = (element) => element.name?.slice(0, 1);
  const read = (one) => (one.type === "checkbox" ? String(one.checked) : one.value);
  const stored = (one) => {
    if (one.type === "checkbox") return String(one.defaultChecked);
    if (one.tagName === "SELECT") return [...one.options].find((option) => option.defaultSelected)?.value ?? "";
    return one.defaultValue;
  };
  const write = (one, value) => {
    if (one.type === "checkbox") one.checked = value === "true";
    else one.value = value;
  };
  const isDirty = (row) => fields(row).some((one) => read(one) !== stored(one));
  const snapshot = (row) => Object.fromEntries(fields(row).map((one) => [letterOf(one), read(one)]));
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  // ---------- what the server does not have yet ----------
  const pending = (() => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  })();
  const keep = () => {
    try {
      if (Object.keys(pending).length) localStorage.setItem(KEY, JSON.stringify(pending));
      else localStorage.removeItem(KEY);
    } catch {
      // Storage may be full or switched off: the fields still hold what was typed.
    }
  };
  const remember = (row) => {
    pending[row.dataset.measure] = { fields: snapshot(row), version: field(row, "p").value, at: Date.now() };
    keep();
  };
  const forget = (measure) => {
    if (!(measure in pending)) return;
    delete pending[measure];
    keep();
  };

  // ---------- marks ----------
  const mark = (row, kind, words) => {
    const place = row.querySelector(".ss");
    if (place) {
      place.className = `ss ${kind}`;
      place.textContent = words;
    }
    row.querySelector(".in")?.classList.toggle("saving", kind === "saving");
  };
  const sumUp = () => {
    const place = document.getElementById("luu-chung");
    if (!place) return;
    place.hidden = false;
    if (failed.size) place.textContent = `${failed.size} ô chưa tới máy chủ; số đã gõ được giữ trên máy này.`;
    else if (busy.size) place.textContent = `Đang lưu ${busy.size} ô…`;
    else {
      const refused = document.querySelectorAll(".er .ss.bad, .er .ss.warn").length;
      place.classList.toggle("late", refused > 0);
      place.textContent = refused ? `${refused} ô chưa lưu được: xem lời nhắn dưới ô.` : "Mọi ô đã lưu. Mất mạng vẫn giữ số đã gõ.";
    }
  };

  // ---------- saving ----------
  // What is typed while an answer is on its way goes into the row that the answer brings.
  const carryOver = (row, work) => {
    const now = snapshot(row);
    work.carry = Object.fromEntries(Object.entries(now).filter(([letter, value]) => value !== work.sent[letter]));
    const active = document.activeElement;
    work.focus = null;
    if (active && row.contains(active) && active.name) {
      const from = active.tagName === "INPUT" && active.type === "text" ? active.selectionStart : null;
      work.focus = { name: active.name, from, to: from === null ? null : active.selectionEnd };
    }
  };
  const bringBack = (row, work) => {
    for (const [letter, value] of Object.entries(work.carry)) {
      const one = field(row, letter);
      if (one) write(one, value);
    }
    const one = work.focus && row.querySelector(`[name="${CSS.escape(work.focus.name)}"]`);
    if (one && document.activeElement !== one) {
      one.focus({ preventScroll: true });
      if (work.focus.from !== null) one.setSelectionRange(work.focus.from, work.focus.to);
    }
  };

  const finish = (id, work, what) => {
    busy.delete(id);
    const row = document.getElementById(id);
    const status = statuses.get(id) ?? 0;
    if (!row) return sumUp();
    if (status === 200) {
      failed.delete(id);
      bringBack(row, work);
      const goesOn = Object.keys(work.carry).length > 0;
      if (goesOn) remember(row);
      else forget(row.dataset.measure);
      const waiting = goesOn && !row.contains(document.activeElement);
      if (waiting) return save(row);
    } else if (status === 409 || status === 422) {
      failed.delete(id);
      bringBack(row, work);
      if (what === "lay") forget(row.dataset.measure);
    } else {
      failed.add(id);
      mark(row, "bad", status === 401 ? "Chờ đăng nhập" : "Chưa lưu");
    }
    sumUp();
    return undefined;
  };

  const send = (row, url, values = {}) => {
    const running = busy.get(row.id);
    if (running) return running.promise.then(() => send(document.getElementById(row.id), url, values));
    const work = { sent: snapshot(row), carry: {}, focus: null };
    statuses.delete(row.id);
    mark(row, "saving", "Đang lưu");
    const asked = window.htmx.ajax("POST", url, { source: row, target: row, swap: "outerHTML", values });
    const what = Object.keys(values)[0];
    work.promise = Promise.resolve(asked).catch(() => undefined).then(() => finish(row.id, work, what));
    busy.set(row.id, work);
    sumUp();
    return work.promise;
  };
  const save = (row) => send(row, row.dataset.url);
  const saveInTurn = async (list) => {
    for (const id of list) {
      const row = document.getElementById(id);
      if (row) await save(row);
    }
  };

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const row = event.detail.elt;
    if (row?.id && busy.has(row.id)) statuses.set(row.id, event.detail.xhr.status);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = event.detail.target;
    const work = row?.id && busy.get(row.id);
    if (work && event.detail.shouldSwap) carryOver(row, work);
  });

  table.addEventListener("input", (event) => {
    const row = rowOf(event.target);
    if (row) remember(row);
  });
  table.addEventListener("change", (event) => {
    const row = rowOf(event.target);
    if (row && (event.target.tagName === "SELECT" || event.target.type === "checkbox")) save(row);
  });
  table.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (!row || event.target.tagName !== "INPUT" || event.target.type === "checkbox") return;
    // A swap takes the focus away too; then the row is no longer in the page.
    setTimeout(() => {
      const now = document.getElementById(row.id);
      if (now === row && !busy.has(row.id) && read(event.target) !== stored(event.target)) save(row);
    }, 0);
  });

  const retry = () => {
    if (!failed.size || statuses.get([...failed][0]) === 401) return;
    saveInTurn([...failed]);
  };
  window.addEventListener("online", retry);
  setInterval(retry, RETRY_AFTER);

  // ---------- buttons ----------
  const settled = () => Promise.all([...busy.values()].map((work) => work.promise));
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const row = rowOf(button);
    if (row && button.matches("[data-act], [data-save]")) {
      event.preventDefault();
      const url = button.matches("[data-act]") ? table.dataset.submit : row.dataset.url;
      send(row, url, { [button.name]: button.value });
    } else if (button.matches("[data-submit-all]")) {
      const unsaved = rows().filter((one) => isDirty(one)).map((one) => one.id);
      if (!unsaved.length && !busy.size) return;
      event.preventDefault();
      await saveInTurn(unsaved);
      await settled();
      // The head of the page was swapped meanwhile, and with it the button.
      const fresh = document.querySelector("[data-submit-all]");
      if (fresh && !failed.size && !table.querySelector(".em [role=alert]")) fresh.form.requestSubmit(fresh);
    } else if (button.matches("[data-next-gap]")) {
      const gap = rows().map((one) => field(one, "v")).find((one) => one && !one.value && one.offsetParent);
      if (gap) gap.focus();
      else tell("ntm:toast", { text: "Không còn ô nào chưa nhập." });
    }
  });

  // ---------- keyboard ----------
  const column = (letter) => rows().map((row) => field(row, letter)).filter((one) => one && one.type !== "hidden" && one.offsetParent);
  const step = (from, by) => {
    const list = column(letterOf(from));
    const next = list[list.indexOf(from) + by];
    if (!next) return false;
    next.focus();
    if (next.tagName === "INPUT") next.select();
    return true;
  };
  table.addEventListener("keydown", (event) => {
    const one = event.target;
    const row = rowOf(one);
    if (!row || !["INPUT", "SELECT"].includes(one.tagName) || event.isComposing) return;
    const isText = one.tagName === "INPUT" && one.type !== "checkbox";
    if (event.key === "Enter") {
      event.preventDefault();
      if (!step(one, event.shiftKey ? -1 : 1)) one.blur();
    } else if (isText && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      step(one, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && read(one) !== stored(one)) {
      event.preventDefault();
      write(one, stored(one));
      if (!isDirty(row)) forget(row.dataset.measure);
    }
  });

  // ---------- a column pasted from Excel ----------
  const take = (one, text) => {
    if (one.tagName !== "SELECT") {
      write(one, text);
      return true;
    }
    const wanted = text.normalize("NFC").toLowerCase();
    const option = [...one.options].find((choice) => [choice.value, choice.text].some((word) => word.toLowerCase() === wanted));
    if (option) one.value = option.value;
    return Boolean(option);
  };
  table.addEventListener("paste", async (event) => {
    const start = event.target;
    if (!rowOf(start) || !["v", "g"].includes(letterOf(start))) return;
    const lines = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r/g, "").replace(/\n+$/, "").split("\n");
    if (lines.length < 2) return;
    event.preventDefault();
    const list = column(letterOf(start));
    const targets = list.slice(list.indexOf(start), list.indexOf(start) + lines.length);
    const taken = [];
    const left = [];
    targets.forEach((one, at) => {
      const text = lines[at].split("\t")[0].trim();
      if (!text) return;
      if (!take(one, text)) return left.push(one.getAttribute("aria-label").replace("Kết quả ", "").split(" ")[0]);
      remember(rowOf(one));
      taken.push(rowOf(one).id);
      return undefined;
    });
    await saveInTurn(taken);
    const refused = taken.filter((id) => document.getElementById(id)?.querySelector(".em [role=alert]")).length;
    const words = [`Đã dán ${taken.length - refused} ô.`];
    if (refused) words.push(`${refused} ô chưa nhận, xem câu dưới từng ô.`);
    if (left.length) words.push(`Không khớp lựa chọn nào: ${left.join(", ")}.`);
    if (lines.length > targets.length) words.push(`${lines.length - targets.length} dòng cuối thừa, không có ô để dán.`);
    tell("ntm:toast", { text: words.join(" "), level: refused || left.length ? "bad" : undefined });
  });

  // ---------- the session ended; what was kept from last time ----------
  const say = (text, link) => {
    const place = bar.querySelector("p");
    place.textContent = text;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.textContent = "Đăng nhập lại";
      place.append(" ", anchor);
    }
    bar.querySelectorAll("button").forEach((button) => { button.hidden = Boolean(link); });
    bar.hidden = false;
  };
  document.addEventListener("ntm:session-ended", (event) => {
    event.preventDefault();
    say("Phiên làm việc đã kết thúc. Số đã gõ được giữ trên máy này và hiện lại sau khi đăng nhập.", event.detail.login);
    bar.scrollIntoView({ block: "center" });
  });
  const left = () => rows().filter((row) => {
    const kept = pending[row.dataset.measure];
    if (!kept) return false;
    const differs = fields(row).some((one) => letterOf(one) in kept.fields && kept.fields[letterOf(one)] !== read(one));
    if (!differs) forget(row.dataset.measure);
    return differs;
  });
  const unsaved = left();
  if (unsaved.length) say(`Còn ${unsaved.length} ô gõ lần trước chưa lưu được trên máy chủ.`);
  bar.addEventListener("click", async (event) => {
    if (event.target.matches("[data-drop]")) {
      Object.keys(pending).forEach(forget);
      bar.hidden = true;
    }
    if (!event.target.matches("[data-keep]")) return;
    bar.hidden = true;
    const list = left();
    for (const row of list) {
      const kept = pending[row.dataset.measure];
      fields(row).forEach((one) => { if (letterOf(one) in kept.fields) write(one, kept.fields[letterOf(one)]); });
      // The version that was on the screen while it was typed: somebody else's save since then must be noticed.
      field(row, "p").value = kept.version;
    }
    await saveInTurn(list.map((row) => row.id));
  });
})();
