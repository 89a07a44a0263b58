// The form of a directive: "Thêm dòng" adds a row on the spot. Without script the button asks the server for more rows.
"use strict";
(() => {
  const rows = document.querySelector("[data-rows]");
  const button = document.querySelector("[data-add-row]");
  if (!rows || !button) return;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const last = rows.lastElementChild;
    const row = last.cloneNode(true);
    const number = rows.children.length + 1;
    for (const field of row.querySelectorAll("textarea, select, input")) {
      const id = field.id.replace(/\d+$/, String(number));
      row.querySelector(`label[for="${field.id}"]`).htmlFor = id;
      field.id = id;
      // Where, who and by when stay as in the row above: the next item is mostly like it.
      if (field.tagName === "TEXTAREA") field.value = "";
      else field.value = last.querySelector(`[name="${field.name}"]`).value;
    }
    rows.append(row);
    row.querySelector("textarea").focus();
  });
})();
