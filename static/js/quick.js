// Tables of one column to type into (nhập nhanh, số liệu nền): the keyboard moves as in a spreadsheet and a column is pasted.
// In nhập nhanh every row saves by itself when it is left. Without script the forms work by their buttons.
(() => {
  "use strict";

  const table = document.querySelector("table[data-column]");
  if (!table) return;
  const saves = "quick" in table.dataset && Boolean(window.htmx);
  const RETRY_AFTER = 15000;
  const busy = new Map(); // row id -> what was sent
  const statuses = new Map(); // row id -> status of the last answer
  const failed = new Set(); // row ids that the server has not heard of

  const tell = (text, level) => document.dispatchEvent(new CustomEvent("ntm:toast", { detail: { text, level } }));
  const letterOf = (one) => one.name?.slice(0, 1);
  const rowOf = (one) => one.closest?.("tbody.q-row[data-url]") ?? null;
  const fieldsOf = (row) => [...row.querySelectorAll("input:not([type=hidden]), select")];
  const column = (letter) => [...table.querySelectorAll(`[name^="${letter}-"]`)].filter((one) => one.type !== "hidden" && one.offsetParent);
  const stored = (one) => {
    if (one.tagName !== "SELECT") return one.defaultValue;
    return [...one.options].find((option) => option.defaultSelected)?.value ?? "";
  };
  const isDirty = (row) => fieldsOf(row).some((one) => one.value !== stored(one));
  const mark = (row, kind, words) => {
    const place = row.querySelector(".ss");
    if (!place) return;
    place.className = `ss ${kind}`;
    place.textContent = words;
  };

  // ---------- keyboard ----------
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
    if (!["INPUT", "SELECT"].includes(one.tagName) || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (!step(one, event.shiftKey ? -1 : 1)) one.blur();
    } else if (one.tagName === "INPUT" && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      step(one, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && one.value !== stored(one)) {
      event.preventDefault();
      one.value = stored(one);
    }
  });

  // ---------- a pasted block ----------
  const paste = document.getElementById("dan");
  table.addEventListener("paste", (event) => {
    const start = event.target;
    if (start.tagName !== "INPUT" && start.tagName !== "SELECT") return;
    const text = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r/g, "").replace(/\n+$/, "");
    const lines = text.split("\n");
    if (lines.length < 2 && !text.includes("\t")) return;
    if (saves && letterOf(start) === "v" && paste) {
      // The server reads the block, so that it is taken and reported as without script.
      event.preventDefault();
      paste.value = text;
      document.getElementById("tu").value = start.name.slice(2);
      paste.form.requestSubmit();
      return;
    }
    if (saves) return;
    event.preventDefault();
    const list = column(letterOf(start));
    const targets = list.slice(list.indexOf(start), list.indexOf(start) + lines.length);
    targets.forEach((one, at) => {
      const cell = lines[at].split("\t")[0].trim();
      if (cell) one.value = cell;
    });
    const over = lines.length - targets.length;
    tell(`Đã dán ${targets.length} ô, chưa lưu.${over > 0 ? ` ${over} dòng cuối thừa.` : ""}`, over > 0 ? "bad" : undefined);
  });

  // ---------- base data: nothing typed is left behind unseen ----------
  const form = table.closest("form");
  if (form) {
    let sent = false;
    form.addEventListener("submit", () => { sent = true; });
    window.addEventListener("beforeunload", (event) => {
      const changed = [...form.querySelectorAll("input:not([type=hidden])")].some((one) => one.value !== one.defaultValue);
      if (changed && !sent) event.preventDefault();
    });
  }
  if (!saves) return;

  // ---------- saving a row ----------
  // What is typed while an answer is on its way goes into the row that the answer brings.
  const snapshot = (row) => Object.fromEntries(fieldsOf(row).map((one) => [one.name, one.value]));
  const save = (row, values = {}) => {
    if (busy.has(row.id)) return;
    const work = { sent: snapshot(row), typed: {}, focus: "" };
    busy.set(row.id, work);
    statuses.delete(row.id);
    mark(row, "saving", "Đang lưu");
    const asked = window.htmx.ajax("POST", row.dataset.url, { source: row, target: row, swap: "outerHTML", values });
    Promise.resolve(asked).catch(() => undefined).then(() => finish(row.id, work));
  };
  const finish = (id, work) => {
    busy.delete(id);
    const row = document.getElementById(id);
    const status = statuses.get(id) ?? 0;
    if (![200, 409, 422].includes(status)) {
      failed.add(id);
      if (row) mark(row, "bad", status === 401 ? "Chờ đăng nhập" : "Chưa lưu");
      return;
    }
    failed.delete(id);
    for (const [name, value] of Object.entries(work.typed)) {
      const one = row.querySelector(`[name="${CSS.escape(name)}"]`);
      if (one) one.value = value;
    }
    const one = work.focus && row.querySelector(`[name="${CSS.escape(work.focus)}"]`);
    if (one && document.activeElement !== one) one.focus({ preventScroll: true });
    if (Object.keys(work.typed).length && !row.contains(document.activeElement)) save(row);
  };
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const row = event.detail.elt;
    if (row?.id && busy.has(row.id)) statuses.set(row.id, event.detail.xhr.status);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = event.detail.target;
    const work = row?.id && busy.get(row.id);
    if (!work || !event.detail.shouldSwap) return;
    work.typed = Object.fromEntries(Object.entries(snapshot(row)).filter(([name, value]) => value !== work.sent[name]));
    work.focus = row.contains(document.activeElement) ? document.activeElement.name : "";
  });
  table.addEventListener("change", (event) => {
    const row = rowOf(event.target);
    if (row && event.target.tagName === "SELECT") save(row);
  });
  table.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (!row || row.contains(event.relatedTarget)) return;
    // A swap takes the focus away too; then the row is no longer in the page.
    setTimeout(() => {
      if (document.getElementById(row.id) === row && isDirty(row)) save(row);
    }, 0);
  });
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-save]");
    const row = button && rowOf(button);
    if (!row) return;
    event.preventDefault();
    save(row, { [button.name]: button.value });
  });
  const retry = () => {
    for (const id of failed) {
      const row = document.getElementById(id);
      if (row && statuses.get(id) !== 401) save(row);
    }
  };
  window.addEventListener("online", retry);
  setInterval(retry, RETRY_AFTER);
  let submitting = false;
  paste?.form.addEventListener("submit", () => { submitting = true; });
  window.addEventListener("beforeunload", (event) => {
    const open = [...table.querySelectorAll("tbody.q-row[data-url]")].some((row) => busy.has(row.id) || isDirty(row));
    if (open && !submitting) event.preventDefault();
  });
  document.addEventListener("ntm:session-ended", (event) => {
    event.preventDefault();
    tell("Phiên làm việc đã kết thúc. Mở trang đăng nhập ở thẻ khác rồi quay lại đây lưu tiếp; số đã gõ vẫn còn.", "bad");
    statuses.clear();
  });
})();
