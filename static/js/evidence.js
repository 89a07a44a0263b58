// Papers: files dragged onto the field, what was chosen, and how far a long upload has come. Without it the fields
// themselves still choose and send; everything here works on panels that were swapped in later too.
(() => {
  "use strict";

  const MB = 1024 * 1024;
  const largestOf = (form) => Number(form.querySelector("[data-drop]")?.dataset.most || 20) * MB;
  const megabytes = (size) => (size < MB / 10
    ? `${Math.max(1, Math.round(size / 1024))} kB`
    : `${(size / MB).toFixed(1).replace(".", ",")} MB`);
  const tell = (text, level) => {
    document.dispatchEvent(new CustomEvent("ntm:toast", { detail: { text, level } }));
  };

  const inputsOf = (form) => [...form.querySelectorAll('input[type="file"]')];
  const filesOf = (form) => inputsOf(form).flatMap((input) => [...input.files]);
  const tooLarge = (form) => filesOf(form).filter((file) => file.size > largestOf(form));

  // ---------- what was chosen ----------
  const showChosen = (form) => {
    const list = form.querySelector("[data-chosen]");
    if (!list) return;
    const files = filesOf(form);
    list.replaceChildren(...files.map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} (${megabytes(file.size)})`;
      if (file.size > largestOf(form)) {
        line.className = "bad";
        line.textContent += ` – lớn hơn mức ${megabytes(largestOf(form))}`;
      }
      return line;
    }));
    list.hidden = files.length === 0;
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-upload]");
    if (form && event.target.type === "file") showChosen(form);
  });

  // ---------- dragging ----------
  const fieldUnder = (event) => {
    if (![...(event.dataTransfer?.types || [])].includes("Files")) return null;
    const form = event.target.closest?.(".ev")?.querySelector("form[data-upload]") || event.target.closest?.("form[data-upload]");
    return form?.querySelector("[data-drop]") || null;
  };
  const leave = () => document.querySelectorAll("[data-drop].over").forEach((field) => field.classList.remove("over"));

  document.addEventListener("dragover", (event) => {
    const field = fieldUnder(event);
    leave();
    if (!field) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    field.classList.add("over");
  });
  document.addEventListener("dragleave", leave);
  document.addEventListener("drop", (event) => {
    const field = fieldUnder(event);
    leave();
    if (!field) return;
    event.preventDefault();
    const input = field.querySelector('input[type="file"]');
    const taken = new DataTransfer();
    const dropped = [...event.dataTransfer.files];
    (input.multiple ? [...input.files, ...dropped] : dropped.slice(0, 1)).forEach((file) => taken.items.add(file));
    input.files = taken.files;
    field.closest("details")?.setAttribute("open", "");
    showChosen(field.closest("form"));
  });

  // ---------- sending ----------
  const refuse = (form, event) => {
    const large = tooLarge(form);
    if (!large.length) return false;
    event.preventDefault();
    tell(`${large.map((file) => `“${file.name}”`).join(", ")} lớn hơn mức ${megabytes(largestOf(form))}. Quét ở 150-200 dpi, thu nhỏ ảnh hoặc tách thành nhiều tệp.`, "bad");
    return true;
  };
  // Before htmx and before the browser: in the capturing phase.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-upload]")) return;
    if (refuse(form, event)) event.stopImmediatePropagation();
  }, true);

  const progressOf = (event) => event.target.closest?.("form[data-upload]");
  document.addEventListener("htmx:xhr:progress", (event) => {
    const form = progressOf(event);
    const bar = form?.querySelector("progress");
    if (!bar || !event.detail.lengthComputable || !filesOf(form).length) return;
    const percent = Math.round((event.detail.loaded / event.detail.total) * 100);
    bar.hidden = false;
    bar.value = percent;
    form.querySelector("[data-upload-said]").textContent = percent < 100 ? `Đã tải lên ${percent} %` : "Đang kiểm tra tệp…";
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const button = progressOf(event)?.querySelector('button[type="submit"]');
    if (button) button.disabled = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = progressOf(event);
    if (!form) return;
    const button = form.querySelector('button[type="submit"]');
    if (button) button.disabled = false;
    const bar = form.querySelector("progress");
    if (bar) bar.hidden = true;
    const said = form.querySelector("[data-upload-said]");
    if (said) said.textContent = event.detail.successful ? "" : "Chưa tải lên được; tệp đã chọn vẫn còn ở đây, bấm lại khi có mạng.";
  });
})();
