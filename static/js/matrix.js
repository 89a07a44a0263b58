/* Keyboard of the matrix: arrows move between cells, Enter opens "Vì sao?" (a plain link), Esc goes back to the cell. */
(() => {
  "use strict";
  const table = document.querySelector("table.mx");
  if (!table) return;
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td > a.v")]).filter((cells) => cells.length);
  let last = null;
  rows.flat().forEach((cell, index) => { cell.tabIndex = index === 0 ? 0 : -1; });

  const place = (cell) => {
    for (let r = 0; r < rows.length; r += 1) {
      const c = rows[r].indexOf(cell);
      if (c >= 0) return [r, c];
    }
    return null;
  };
  const go = (cell) => {
    rows.flat().forEach((other) => { other.tabIndex = -1; });
    cell.tabIndex = 0;
    cell.focus();
  };
  const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

  table.addEventListener("keydown", (event) => {
    const at = place(event.target);
    const step = steps[event.key];
    if (!at || !step) return;
    const row = rows[Math.min(rows.length - 1, Math.max(0, at[0] + step[0]))];
    event.preventDefault();
    go(row[Math.min(row.length - 1, Math.max(0, at[1] + step[1]))]);
  });
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td > a.v");
    if (!cell) return;
    if (last) last.removeAttribute("aria-current");
    last = cell;
    cell.setAttribute("aria-current", "true");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && last) go(last);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#vi-sao [data-close]") || !last) return;
    event.preventDefault();
    go(last);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target && event.detail.target.id === "vi-sao") {
      const panel = document.getElementById("vi-sao");
      if (panel) panel.focus({ preventScroll: window.innerWidth > 1100 });
    }
  });
})();
