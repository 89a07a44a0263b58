// The grids with script (the entry sheet; nhập nhanh): every cell saves by itself and nothing typed is lost: it is kept in
// this browser, for this person, until the server has it. A row is named by its measure in a sheet, by its commune in nhập
// nhanh. Keys and selection are in entry-keys.js, blocks and papers in entry-paste.js; they meet here in window.ntmGrid.
(() => {
  "use strict";

  const table = document.getElementById("bang");
  const bar = document.getElementById("con-giu");
  if (!table || !window.htmx || !document.getElementById("phieu")) return;

  const KEY = `ntm-phieu:${table.dataset.person}:${table.dataset.kept ?? location.pathname}`;
  const AFTER_LOGIN = `${KEY}:cho-dang-nhap`;
  const LETTERS = ["v", "x", "l", "d", "g"];
  const RETRY_AFTER = 15000;
  // Settled at once: for a moment htmx gives a swapped field its old attributes, and whoever types just then loses the caret.
  const NOW = "outerHTML settle:0ms";
  const busy = new Map(); // row id -> { sent, before, promise, carry, focus }
  const statuses = new Map(); // row id -> status of the last answer
  const failed = new Set(); // row ids that the server has not heard of

  const rowOf = (element) => element.closest?.("#bang > tbody[data-url]") ?? null;
  const rows = () => [...table.querySelectorAll("tbody[data-url]")];
  const keyOf = (row) => row.dataset.measure ?? row.dataset.unit;
  const byKey = (key) => rows().find((row) => keyOf(row) === key);
  const field = (row, letter) => row.querySelector(`[name="${letter}-${keyOf(row)}"]`);
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
  const collect = (row, how) => Object.fromEntries(fields(row).map((one) => [letterOf(one), how(one)]));
  const version = (row) => field(row, "p").value;
  const isRefused = (row) => Boolean(row.querySelector(".em [role=alert]"));
  const tell = (text, level) => document.dispatchEvent(new CustomEvent("ntm:toast", { detail: { text, level } }));

  // ---------- what the server does not have yet ----------
  const stash = {
    read(key) {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null;
      }
    },
    write(key, value) {
      try {
        if (value) localStorage.setItem(key, JSON.stringify(value));
        else localStorage.removeItem(key);
      } catch {
        // Storage may be full or switched off: the fields still hold what was typed.
      }
    },
  };
  const pending = stash.read(KEY) ?? {};
  const keep = () => stash.write(KEY, Object.keys(pending).length ? pending : null);
  const remember = (row) => {
    pending[keyOf(row)] = { fields: collect(row, read), version: version(row), at: Date.now() };
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
    const refused = rows().filter(isRefused).length;
    place.classList.toggle("late", failed.size > 0 || refused > 0);
    if (failed.size) place.textContent = `${failed.size} ô chưa tới máy chủ; số đã gõ được giữ trên máy này.`;
    else if (busy.size) place.textContent = `Đang lưu ${busy.size} ô…`;
    else place.textContent = refused ? `${refused} ô chưa lưu được: xem lời nhắn dưới ô.` : "Mọi ô đã lưu. Mất mạng vẫn giữ số đã gõ.";
  };

  // ---------- undo and redo: each change with what stood before it and the version that it made ----------
  const changes = [];
  const undone = [];
  const UNDO = { from: changes, to: undone, what: "hoan-tac", done: "Đã hoàn tác", none: "Không còn việc nào để hoàn tác.", not: "không hoàn tác được" };
  const REDO = { from: undone, to: changes, what: "lam-lai", done: "Đã làm lại", none: "Không có việc nào để làm lại.", not: "không làm lại được" };
  const record = (list) => {
    const cells = list.filter(({ row, before }) => {
      const now = collect(row, stored);
      return Object.keys(before).some((letter) => letter in now && before[letter] !== now[letter]);
    });
    if (!cells.length) return;
    changes.push(cells.map(({ row, before }) => ({ key: keyOf(row), before, version: version(row) })));
    // After a new change there is nothing to do again.
    undone.length = 0;
  };
  // What was sent on is no longer undone from here: withdrawing it is an act of its own.
  const forgetChanges = (key) => [changes, undone].forEach((list) => {
    list.splice(0, list.length, ...list.map((one) => one.filter((cell) => cell.key !== key)).filter((one) => one.length));
  });
  // One step through time: the newest change of one list is taken back and becomes the newest of the other.
  const travel = async ({ from, to, what, done, none, not }) => {
    await settled();
    const last = from.pop();
    if (!last) return tell(none);
    const mine = last.filter((cell) => byKey(cell.key) && version(byKey(cell.key)) === cell.version);
    const back = mine.map((cell) => ({ key: cell.key, before: collect(byKey(cell.key), stored) }));
    for (const cell of mine) {
      const row = byKey(cell.key);
      fields(row).forEach((one) => { if (letterOf(one) in cell.before) write(one, cell.before[letterOf(one)]); });
    }
    const ids = mine.map((cell) => byKey(cell.key).id);
    if (ids.length === 1 && last.length === 1) await send(byKey(mine[0].key), byKey(mine[0].key).dataset.url, {}, true);
    else if (ids.length) await saveMany(ids, what);
    const through = back.filter((cell) => byKey(cell.key) && !isRefused(byKey(cell.key)) && !isDirty(byKey(cell.key)));
    through.forEach((cell) => {
      cell.version = version(byKey(cell.key));
      const older = [...from].reverse().flatMap((one) => one).find((one) => one.key === cell.key);
      if (older) older.version = cell.version;
    });
    if (through.length) to.push(through);
    if (mine.length < last.length) tell(`${last.length - mine.length} ô ${not}: đã có thay đổi khác sau đó.`, "bad");
    else if (through.length === ids.length) tell(ids.length > 1 ? `${done} ${ids.length} ô.` : `${done}.`);
    return undefined;
  };
  const undo = () => travel(UNDO);
  const redo = () => travel(REDO);

  // ---------- saving ----------
  // What is typed while an answer is on its way goes into the row that the answer brings.
  const carryOver = (row, work) => {
    const now = collect(row, read);
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

  // The row after its answer; undefined where it left the page or never reached the server.
  const finish = (id, work, what) => {
    busy.delete(id);
    const row = document.getElementById(id);
    const status = statuses.get(id) ?? 0;
    if (!row) return undefined;
    if (status === 200) {
      failed.delete(id);
      bringBack(row, work);
      const goesOn = Object.keys(work.carry).length > 0;
      if (goesOn) remember(row);
      else forget(keyOf(row));
      if (goesOn && !row.contains(document.activeElement)) save(row);
      return row;
    }
    if (status === 409 || status === 422) {
      failed.delete(id);
      bringBack(row, work);
      if (what === "lay") forget(keyOf(row));
    } else {
      failed.add(id);
      mark(row, "bad", status === 401 ? "Chờ đăng nhập" : "Chưa lưu");
    }
    return undefined;
  };
  const begin = (row, isQuiet = false) => {
    const work = { sent: collect(row, read), before: collect(row, stored), carry: {}, focus: null };
    statuses.delete(row.id);
    if (!isQuiet) mark(row, "saving", "Đang lưu");
    return work;
  };

  const send = (row, url, values = {}, isUndo = false) => {
    const running = busy.get(row.id);
    if (running) return running.promise.then(() => send(document.getElementById(row.id), url, values, isUndo));
    const work = begin(row);
    const what = Object.keys(values)[0];
    const asked = window.htmx.ajax("POST", url, { source: row, target: row, swap: NOW, values });
    work.promise = Promise.resolve(asked).catch(() => undefined).then(() => {
      const fresh = finish(row.id, work, what);
      if (fresh && !what && !isUndo) record([{ row: fresh, before: work.before }]);
      if (fresh && what && url !== row.dataset.url) forgetChanges(keyOf(row));
      sumUp();
    });
    busy.set(row.id, work);
    sumUp();
    return work.promise;
  };
  const save = (row) => send(row, row.dataset.url);

  // Several rows by one request: a fill, an undo, a pasted block. One after the other; what is typed meanwhile is kept.
  let queue = Promise.resolve();
  // `isBlock`: the rows are only where a pasted block may land; which of them it does, the answer tells.
  const bulk = (ids, extra, { isUndo = false, isBlock = false } = {}) => {
    queue = queue.then(async () => {
      await settled();
      const list = ids.map((id) => document.getElementById(id)).filter(Boolean);
      const works = list.map((row) => begin(row, isBlock));
      const values = { ...extra };
      for (const row of list) {
        for (const one of [...row.querySelectorAll("[name]")]) {
          if (one.tagName !== "BUTTON" && (one.type !== "checkbox" || one.checked)) values[one.name] = one.value;
        }
      }
      statuses.delete(table.id);
      const asked = Promise.resolve(window.htmx.ajax("POST", table.dataset.paste, { source: table, swap: "none settle:0ms", values })).catch(() => undefined);
      list.forEach((row, at) => { works[at].promise = asked; busy.set(row.id, works[at]); });
      sumUp();
      await asked;
      const status = statuses.get(table.id) ?? 0;
      const done = [];
      list.forEach((row, at) => {
        const fresh = document.getElementById(row.id);
        if (isBlock && (fresh === row || status !== 200)) {
          busy.delete(row.id);
          return;
        }
        statuses.set(row.id, status === 200 && fresh && isRefused(fresh) ? 422 : status);
        const saved = finish(row.id, works[at]);
        if (saved) {
          done.push({ row: saved, before: works[at].before });
        }
      });
      if (!isUndo) record(done);
      sumUp();
      return status;
    });
    return queue;
  };
  const saveMany = (ids, what) => {
    ids.forEach((id) => remember(document.getElementById(id)));
    return bulk(ids, { viec: what }, { isUndo: what !== "dien" });
  };
  const saveInTurn = (ids) => (ids.length === 1 ? save(document.getElementById(ids[0])) : ids.length ? saveMany(ids, "dien") : Promise.resolve());
  const settled = () => Promise.all([...busy.values()].map((work) => work.promise));

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const one = event.detail.elt;
    if (one === table || (one?.id && busy.has(one.id))) statuses.set(one.id, event.detail.xhr.status);
  });
  const beforeSwap = (event) => {
    const row = event.detail.target;
    const work = row?.id && busy.get(row.id);
    if (work && event.detail.shouldSwap) carryOver(row, work);
  };
  document.addEventListener("htmx:beforeSwap", beforeSwap);
  document.addEventListener("htmx:oobBeforeSwap", beforeSwap);

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
    if (!row || event.target.tagName !== "INPUT" || event.target.type === "checkbox" || event.target.name.startsWith("k-")) return;
    // A swap takes the focus away too; then the row is no longer in the page.
    setTimeout(() => {
      const now = document.getElementById(row.id);
      if (now === row && !busy.has(row.id) && read(event.target) !== stored(event.target)) save(row);
    }, 0);
  });

  const retry = () => {
    if (!failed.size || statuses.get([...failed][0]) === 401) return;
    saveInTurn([...failed].filter((id) => document.getElementById(id)));
  };
  window.addEventListener("online", retry);
  setInterval(retry, RETRY_AFTER);

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
    stash.write(AFTER_LOGIN, Date.now());
    say("Phiên làm việc đã kết thúc. Số đã gõ được giữ trên máy này và tự gửi sau khi anh/chị đăng nhập lại.", event.detail.login);
    bar.scrollIntoView({ block: "center" });
  });
  const left = () => rows().filter((row) => {
    const kept = pending[keyOf(row)];
    if (!kept) return false;
    const differs = fields(row).some((one) => letterOf(one) in kept.fields && kept.fields[letterOf(one)] !== read(one));
    if (!differs) forget(keyOf(row));
    return differs;
  });
  const fillIn = async () => {
    bar.hidden = true;
    const list = left();
    for (const row of list) {
      const kept = pending[keyOf(row)];
      fields(row).forEach((one) => { if (letterOf(one) in kept.fields) write(one, kept.fields[letterOf(one)]); });
      // The version that was on the screen while it was typed: somebody else's save since then must be noticed.
      field(row, "p").value = kept.version;
    }
    await saveInTurn(list.map((row) => row.id));
    return list.length;
  };
  bar.addEventListener("click", (event) => {
    if (event.target.matches("[data-drop]")) {
      Object.keys(pending).forEach(forget);
      bar.hidden = true;
    }
    if (event.target.matches("[data-keep]")) fillIn();
  });

  window.ntmGrid = {
    table, KEY, stash, rows, rowOf, keyOf, field, fields, letterOf, read, stored, write, isDirty, isRefused, remember, forget,
    send, save, bulk, saveMany, saveInTurn, settled, undo, redo, tell, failed, busy,
  };

  const unsaved = left();
  if (!unsaved.length) stash.write(AFTER_LOGIN, null);
  else if (stash.read(AFTER_LOGIN)) {
    stash.write(AFTER_LOGIN, null);
    setTimeout(async () => tell(`Đã lưu ${await fillIn()} ô gõ trước khi phiên kết thúc; chưa gửi thẩm tra.`), 0);
  } else say(`Còn ${unsaved.length} ô gõ lần trước chưa lưu được trên máy chủ.`);
})();
