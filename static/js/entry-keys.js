// Keys of the grids, as in a spreadsheet: a grid is walked with Enter, Tab and arrows; typing replaces; F2 edits inside the
// cell; Shift and arrows select down a column; Ctrl D fills, Delete empties, Ctrl Z takes the last change back, Ctrl Y does
// it again.
// Also the buttons of the sheet. Without script every field is an ordinary field of a form.
(() => {
  "use strict";

  const grid = window.ntmGrid;
  if (!grid) return;
  const { table, rows, rowOf, keyOf, field, letterOf, read, stored, write, isDirty, isRefused, tell } = grid;
  const ACROSS = "tr.er .vl [name], tr.er .evd a, tr.er .rm [name], tr.er .stt button, tr.er .stt a, tr.q-r .q-val [name], tr.q-r .q-src [name]";
  let editing = ""; // name of the field that is edited inside (F2, a second click)
  let anchor = null; // name of the field where a selection began

  const isSeen = (one) => one && one.type !== "hidden" && one.offsetParent;
  const column = (letter) => rows().map((row) => field(row, letter)).filter(isSeen);
  const typed = () => rows().flatMap((row) => ["v", "g"].map((letter) => field(row, letter)).filter(isSeen));
  // Everything in a row that arrows reach: fields, the papers, the buttons.
  const across = (row) => [...row.querySelectorAll(ACROSS)].filter(isSeen);
  const isText = (one) => one.tagName === "INPUT" && one.type !== "checkbox";

  const enter = (one) => {
    if (!one) return false;
    editing = "";
    one.focus();
    if (isText(one)) one.select();
    return true;
  };
  const step = (from, by) => {
    const list = letterOf(from) ? column(letterOf(from)) : [];
    return enter(list[list.indexOf(from) + by]);
  };
  const sideways = (from, by) => {
    const list = across(rowOf(from));
    return enter(list[list.indexOf(from) + by]);
  };

  // ---------- selection down a column ----------
  const named = (name) => table.querySelector(`[name="${CSS.escape(name)}"]`);
  const span = (one) => {
    const from = anchor && named(anchor);
    const list = one?.name ? column(letterOf(one)) : [];
    if (!from || !list.includes(from) || !list.includes(one)) return list.includes(one) ? [one] : [];
    const ends = [list.indexOf(from), list.indexOf(one)].sort((a, b) => a - b);
    return list.slice(ends[0], ends[1] + 1);
  };
  const paint = (one) => {
    table.querySelectorAll("td.sel").forEach((cell) => cell.classList.remove("sel"));
    const chosen = anchor ? span(one) : [];
    if (chosen.length > 1) chosen.forEach((each) => each.closest("td").classList.add("sel"));
  };
  const unselect = () => {
    anchor = null;
    paint(null);
  };
  const extend = (one, by) => {
    anchor ??= one.name;
    if (step(one, by)) paint(document.activeElement);
  };

  // Several cells at once are one save and one undo.
  const change = (list, value) => {
    const touched = list.filter((one) => !rowOf(one).querySelector(`[name="x-${CSS.escape(keyOf(rowOf(one)))}"]:checked`));
    touched.forEach((one, at) => write(one, typeof value === "function" ? value(one, at) : value));
    const ids = [...new Set(touched.filter((one) => read(one) !== stored(one)).map((one) => rowOf(one).id))];
    if (ids.length) grid.saveInTurn(ids);
  };
  const take = (one, text) => {
    if (one.tagName !== "SELECT") return text;
    const option = [...one.options].find((choice) => [choice.value, choice.text].includes(text));
    return option ? option.value : one.value;
  };
  const fillDown = (one) => {
    const chosen = span(one);
    const list = column(letterOf(one));
    const many = chosen.length > 1;
    const source = many ? chosen[0] : list[list.indexOf(one) - 1];
    if (!source || !read(source)) return tell("Không có giá trị ở ô trên để điền xuống.");
    const targets = many ? chosen.slice(1) : [one];
    const fitting = targets.filter((each) => take(each, read(source)) === read(source));
    change(fitting, read(source));
    if (fitting.length < targets.length) tell(`${targets.length - fitting.length} ô không nhận được giá trị này: khác loại số liệu.`, "bad");
    return undefined;
  };

  // ---------- one key, one act ----------
  const UNDER = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
  const inside = (one) => editing !== "" && editing === one.name;
  const vertical = (event, one) => {
    if (event.key !== "Enter" && inside(one) && one.tagName === "SELECT") return false;
    if (event.shiftKey && event.key !== "Enter") extend(one, UNDER[event.key]);
    else {
      unselect();
      const by = event.key === "Enter" && event.shiftKey ? -1 : UNDER[event.key];
      if (!step(one, by) && event.key === "Enter") one.blur();
    }
    return true;
  };
  const horizontal = (event, one) => {
    // Writing a remark, a letter at a time, the arrows belong to the letters; in a figure they leave the cell.
    if (event.shiftKey || inside(one)) return false;
    unselect();
    return sideways(one, event.key === "ArrowRight" ? 1 : -1);
  };
  const tab = (event, one) => {
    const list = typed();
    const at = list.indexOf(one);
    unselect();
    return at >= 0 && enter(list[at + (event.shiftKey ? -1 : 1)]);
  };
  const escape = (_event, one) => {
    const row = rowOf(one);
    const dirty = read(one) !== stored(one);
    if (!dirty && !inside(one) && !anchor) return false;
    unselect();
    editing = "";
    write(one, stored(one));
    if (!isDirty(row)) grid.forget(keyOf(row));
    if (isText(one)) one.select();
    return true;
  };
  const edit = (_event, one) => {
    editing = one.name;
    if (isText(one)) one.setSelectionRange(one.value.length, one.value.length);
    else if (one.showPicker) one.showPicker();
    return true;
  };
  const empty = (_event, one) => {
    if (span(one).length > 1) change(span(one), "");
    else if (one.tagName === "SELECT") change([one], "");
    else return false;
    return true;
  };
  const KEYS = { Enter: vertical, ArrowDown: vertical, ArrowUp: vertical, ArrowLeft: horizontal, ArrowRight: horizontal, Tab: tab, Escape: escape, F2: edit, Delete: empty, Backspace: empty };
  const chord = (event) => `${event.shiftKey ? "shift " : ""}${event.key.toLowerCase()}`;
  const TIME = { z: () => grid.undo(), y: () => grid.redo(), "shift z": () => grid.redo() };
  const withControl = (event, one) => {
    if (chord(event) === "d") fillDown(one);
    // Letters typed and not saved yet are the browser's own to undo.
    else if (TIME[chord(event)] && read(one) === stored(one)) TIME[chord(event)]();
    else return false;
    return true;
  };

  table.addEventListener("keydown", (event) => {
    const one = event.target;
    const row = rowOf(one);
    if (!row || event.isComposing || event.altKey) return;
    const isCell = ["INPUT", "SELECT"].includes(one.tagName) && one.type !== "checkbox" && ["v", "g"].includes(letterOf(one));
    if (event.ctrlKey || event.metaKey) {
      if (isCell && withControl(event, one)) event.preventDefault();
      return;
    }
    const other = !isCell && !["INPUT", "SELECT"].includes(one.tagName) && ["ArrowLeft", "ArrowRight"].includes(event.key);
    const leaves = !isCell && one.tagName === "INPUT" && one.type !== "checkbox" && event.key === "Enter";
    if (leaves) {
      event.preventDefault();
      one.blur();
    }
    const act = isCell || other ? KEYS[event.key] : null;
    if (act && act(event, one)) event.preventDefault();
  });
  // The first click chooses the cell, the second goes inside it.
  table.addEventListener("mousedown", (event) => {
    const one = event.target;
    if (!rowOf(one) || !isText(one)) return;
    unselect();
    if (document.activeElement === one) editing = one.name;
    else setTimeout(() => { if (document.activeElement === one && !inside(one)) one.select(); }, 0);
  });
  table.addEventListener("focusin", (event) => { if (event.target.name !== editing) editing = ""; });
  table.addEventListener("copy", (event) => {
    const chosen = span(event.target);
    if (!anchor || chosen.length < 2) return;
    const shown = (one) => (one.tagName === "SELECT" ? (one.value && one.selectedOptions[0].text) : one.value);
    event.clipboardData.setData("text/plain", chosen.map(shown).join("\r\n"));
    event.preventDefault();
  });
  // Undo also after a press elsewhere on the page, where no field has the focus.
  document.addEventListener("keydown", (event) => {
    const act = (event.ctrlKey || event.metaKey) && TIME[chord(event)];
    if (!act || event.defaultPrevented || event.target.closest?.("input, textarea, select, dialog")) return;
    event.preventDefault();
    act();
  });

  // ---------- buttons ----------
  const saveAll = async () => {
    const unsaved = rows().filter((one) => isDirty(one)).map((one) => one.id);
    await grid.saveInTurn(unsaved);
    await grid.settled();
    return !grid.failed.size && !rows().some(isRefused);
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const row = rowOf(button);
    if (row && button.matches("[data-act], [data-save]")) {
      event.preventDefault();
      const url = button.matches("[data-act]") ? table.dataset.submit : row.dataset.url;
      grid.send(row, url, { [button.name]: button.value });
    } else if (row && button.matches("[data-remark]")) {
      write(field(row, "g"), button.dataset.remark);
      grid.save(row);
    } else if (button.matches("[data-step]")) {
      event.preventDefault();
      if (await saveAll()) location.assign(button.dataset.step);
    } else if (button.matches("[data-send]")) {
      if (!rows().some(isDirty) && !grid.busy.size) return;
      event.preventDefault();
      const which = `[data-send][name="${button.name}"][value="${button.value}"]`;
      const good = await saveAll();
      // The head of the page was swapped meanwhile, and with it the button.
      const fresh = document.querySelector(which);
      if (fresh && good) fresh.form.requestSubmit(fresh);
    } else if (button.matches("[data-next-gap]")) {
      const gap = rows().map((one) => field(one, "v")).find((one) => one && !one.value && one.offsetParent);
      if (gap) gap.focus();
      else tell("Không còn ô nào chưa nhập.");
    } else if (button.matches("[data-close-report]")) {
      document.getElementById("bao-cao").replaceChildren();
    }
  });
})();
