// Blocks pasted into a grid (the entry sheet; nhập nhanh), by one request, with a report that stays; and the papers of a row in a dialog.
(() => {
  "use strict";

  const grid = window.ntmGrid;
  const dialog = document.getElementById("hop-minh-chung");

  // ---------- a block from a workbook ----------
  if (grid) {
    const { table, rows, rowOf, keyOf, letterOf, tell, stash } = grid;
    const KEPT = `${grid.KEY}:dan`;
    const place = document.getElementById("dan");
    const area = document.getElementById("bang-dan");

    // Not yet at the server: the block itself is kept, in the field where it can be sent again.
    const keep = (block) => {
      stash.write(KEPT, block);
      if (!block || !area) return;
      area.value = block.bang;
      area.dataset.start = block.tu;
      area.dataset.column = block.cot;
      place.open = true;
    };
    const paste = async (bang, tu, cot) => {
      keep({ bang, tu, cot });
      place?.removeAttribute("open");
      const dirty = rows().filter(grid.isDirty).map((row) => row.id);
      await grid.saveInTurn(dirty);
      const status = await grid.bulk(rows().map((row) => row.id), { bang, tu, cot }, { isBlock: true });
      if (status === 200) {
        keep(null);
        if (area) area.value = "";
        const report = document.getElementById("bao-cao");
        report.scrollIntoView({ block: "nearest" });
        return;
      }
      keep({ bang, tu, cot });
      tell("Vùng vừa dán chưa tới máy chủ; nội dung được giữ trong khung “Dán từ Excel”, bấm gửi lại khi có mạng.", "bad");
    };

    table.addEventListener("paste", (event) => {
      const start = event.target;
      const row = rowOf(start);
      if (!row || !["v", "g"].includes(letterOf(start))) return;
      const text = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r\n?/g, "\n").replace(/\n+$/, "");
      const isPlain = !text.includes("\n") && !text.includes("\t");
      if (isPlain && start.tagName === "INPUT") return;
      event.preventDefault();
      paste(text, keyOf(row), letterOf(start));
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-paste-block]")) return;
      event.preventDefault();
      if (area.value.trim()) paste(area.value, area.dataset.start ?? "", area.dataset.column ?? "v");
      else tell("Chưa có gì trong khung để điền.");
    });
    const kept = stash.read(KEPT);
    if (kept) keep(kept);
  }

  // ---------- papers beside a figure ----------
  if (!dialog?.showModal || !window.htmx) return;
  let opener = null;
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-papers]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = link.closest("tbody").id;
    await window.htmx.ajax("GET", link.href, { target: "#noi-dung-minh-chung", swap: "innerHTML" });
    if (!dialog.open) dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    document.getElementById("noi-dung-minh-chung").replaceChildren();
    document.querySelector(`#${CSS.escape(opener ?? "x")} a[data-papers]`)?.focus();
  });
  // The panel says after each change how many papers there are now.
  document.addEventListener("ntm:papers", (event) => {
    const { measure, count, lacking } = event.detail;
    const row = document.querySelector(`tbody.erow[data-measure="${CSS.escape(measure)}"]`);
    const link = row?.querySelector("a[data-papers]");
    if (!link) return;
    const isEmpty = !(row.querySelector(".vl [name]")?.value ?? "-");
    link.classList.toggle("miss", lacking && !isEmpty);
    const icon = link.querySelector("svg");
    const said = link.querySelector(".vh");
    link.replaceChildren(...[said, icon].filter(Boolean), ` ${count || ""}${lacking && !isEmpty ? " Thiếu" : ""}`);
  });
})();
