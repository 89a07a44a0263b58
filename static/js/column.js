// A table of one column to type into (số liệu nền): the keyboard moves as in a spreadsheet, a column is pasted, and nothing
// typed is left behind unseen. It is saved as a whole by its form, with script or without.
(() => {
  "use strict";

  const table = document.querySelector("table[data-column]");
  if (!table) return;

  const tell = (text, level) => document.dispatchEvent(new CustomEvent("ntm:toast", { detail: { text, level } }));
  const letterOf = (one) => one.name?.slice(0, 1);
  const column = (letter) => [...table.querySelectorAll(`input[name^="${letter}-"]`)].filter((one) => one.type !== "hidden" && one.offsetParent);

  const step = (from, by) => {
    const list = column(letterOf(from));
    const next = list[list.indexOf(from) + by];
    if (!next) return false;
    next.focus();
    next.select();
    return true;
  };
  table.addEventListener("keydown", (event) => {
    const one = event.target;
    if (one.tagName !== "INPUT" || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (!step(one, event.shiftKey ? -1 : 1)) one.blur();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(one, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && one.value !== one.defaultValue) {
      event.preventDefault();
      one.value = one.defaultValue;
    }
  });

  table.addEventListener("paste", (event) => {
    const start = event.target;
    if (start.tagName !== "INPUT") return;
    const text = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r/g, "").replace(/\n+$/, "");
    const lines = text.split("\n");
    if (lines.length < 2 && !text.includes("\t")) return;
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

  const form = table.closest("form");
  if (!form) return;
  let sent = false;
  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("beforeunload", (event) => {
    const changed = [...form.querySelectorAll("input:not([type=hidden])")].some((one) => one.value !== one.defaultValue);
    if (changed && !sent) event.preventDefault();
  });
})();
