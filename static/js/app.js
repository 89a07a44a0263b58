// What every page gains with script: theme, menu on a phone, forms that submit on change, search key, toasts, announcements,
// and the way back to the login page when a session has ended. Without it every page still works.
(() => {
  "use strict";

  const all = (selector, root = document) => root.querySelectorAll(selector);

  // ---------- theme ----------
  const THEME = "ntm-theme";
  const remember = (theme) => {
    try {
      if (theme) localStorage.setItem(THEME, theme);
      else localStorage.removeItem(THEME);
    } catch {
      // Storage may be switched off: the choice then lasts as long as the page.
    }
  };
  const applyTheme = (theme) => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    all("[data-theme-set]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === theme));
    });
  };

  // ---------- what needs script is hidden until here ----------
  const prepare = (root) => {
    all("[data-needs-script]", root).forEach((part) => { part.hidden = false; });
    all("[data-without-script]", root).forEach((part) => { part.hidden = true; });
    // Out of sight, not out of reach: the keyboard and the screen reader still find the field itself.
    all("input[data-file]", root).forEach((field) => field.classList.add("vh"));
  };
  document.addEventListener("change", (event) => {
    const said = event.target.matches("input[data-file]") && event.target.closest(".file")?.querySelector("[data-file-said]");
    if (said) said.textContent = [...event.target.files].map((file) => file.name).join(", ") || "Chưa chọn tệp";
  });

  // ---------- toasts and announcements ----------
  const announce = (text) => {
    const voice = document.getElementById("announcer");
    if (!voice) return;
    voice.textContent = "";
    requestAnimationFrame(() => { voice.textContent = text; });
  };

  const toast = (text, level) => {
    const place = document.getElementById("toasts");
    if (!place || !text) return;
    const box = document.createElement("div");
    box.className = level === "bad" ? "toast bad" : "toast";
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.setAttribute("aria-label", "Đóng thông báo");
    close.textContent = "×";
    close.addEventListener("click", () => box.remove());
    box.append(words, close);
    place.append(box);
    announce(text);
    // What went wrong stays until it is closed.
    if (level !== "bad") setTimeout(() => box.remove(), 8000);
  };

  // Other scripts and the server's HX-Trigger header speak through these two events:
  // HX-Trigger: {"ntm:toast": {"text": "…", "level": "bad"}} and {"ntm:announce": {"text": "…"}}
  document.addEventListener("ntm:toast", (event) => toast(event.detail.text, event.detail.level));
  document.addEventListener("ntm:announce", (event) => announce(event.detail.text));

  // ---------- the session has ended, the server is away ----------
  const loginAddress = () => {
    const login = document.querySelector('meta[name="login-url"]')?.content || "/dang-nhap/";
    const here = location.pathname + location.search;
    return `${login}?next=${encodeURIComponent(here)}`;
  };

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    event.preventDefault();
    // A page that keeps unsent figures may stop the jump and offer the link itself.
    const leaving = new CustomEvent("ntm:session-ended", { cancelable: true, detail: { login: loginAddress() } });
    if (document.dispatchEvent(leaving)) location.assign(loginAddress());
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401) return;
    if (status === 403) toast("Anh/chị không có quyền làm việc này, hoặc trang đã mở quá lâu. Tải lại trang rồi thử lại.", "bad");
    else if (status === 404) toast("Mục này không còn hoặc không thuộc phạm vi của anh/chị. Tải lại trang.", "bad");
    else if (status === 429) toast("Gửi quá nhiều lần trong thời gian ngắn. Chờ một phút rồi thử lại.", "bad");
    else toast("Máy chủ chưa xử lý được. Số liệu đã gõ vẫn còn trên trang; thử lại sau ít phút.", "bad");
  });
  document.addEventListener("htmx:sendError", () => {
    toast("Mất kết nối mạng. Số liệu đã gõ vẫn còn trên trang; thử lại khi có mạng.", "bad");
  });
  // A day that the calendar lacks is said before anything is sent: files that were chosen would be lost with the answer.
  const dayProblem = (text) => {
    const typed = text.trim();
    if (!typed) return "";
    const iso = typed.match(/^(\d{4})-(\d{2})-(\d{2})$/);
    const ours = typed.match(/^(\d{1,2})\s*([/.,\- ])\s*(\d{1,2})\s*\2\s*(\d{4})$/) || typed.match(/^(\d{2})()(\d{2})(\d{4})$/);
    if (!iso && !ours) return `“${typed}” không phải là ngày. Ghi ngày/tháng/năm, ví dụ 01/04/2022.`;
    const [day, month, year] = (iso ? [iso[3], iso[2], iso[1]] : [ours[1], ours[3], ours[4]]).map(Number);
    const found = new Date(Date.UTC(year, month - 1, day));
    const exists = year > 0 && found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
    return exists ? "" : `Không có ngày “${typed}”. Ghi ngày/tháng/năm, ví dụ 01/04/2022.`;
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("input.day")) event.target.setCustomValidity("");
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!field.matches("input.day")) return;
    field.setCustomValidity(dayProblem(field.value));
    if (field.reportValidity()) return;
    event.stopImmediatePropagation();
  }, true);

  // A part that was swapped in may hold elements that need script.
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));

  // ---------- clicks ----------
  const reveal = (button) => {
    const field = document.getElementById(button.dataset.reveal);
    if (!field) return;
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = shown ? "Ẩn" : "Hiện";
    button.setAttribute("aria-pressed", String(shown));
    field.focus();
  };

  document.addEventListener("click", (event) => {
    const themed = event.target.closest("[data-theme-set]");
    if (themed) {
      remember(themed.dataset.themeSet);
      applyTheme(themed.dataset.themeSet);
    }
    const revealing = event.target.closest("[data-reveal]");
    if (revealing) reveal(revealing);
    if (event.target.closest("[data-print]")) window.print();
    // A button that is off says why; it does nothing.
    const off = event.target.closest('[aria-disabled="true"]');
    if (off) {
      event.preventDefault();
      if (off.title) toast(off.title);
    }
  });

  // ---------- forms ----------
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-autosubmit]")) form.requestSubmit();
  });
  // One press, one sending.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // What htmx sends is already prevented here; it has its own queue.
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    // An answer that is a file leaves the page standing: the form must work again.
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  // ---------- keys ----------
  const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;
  document.addEventListener("keydown", (event) => {
    const wantsSearch = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !isTyping(event.target));
    if (wantsSearch) {
      const search = document.getElementById("tim");
      if (!search) return;
      event.preventDefault();
      if (search.offsetParent === null) location.hash = "boi-canh";
      search.focus();
      search.select();
    }
    if (event.key === "Escape" && ["#danh-muc", "#boi-canh"].includes(location.hash)) location.hash = "noi-dung";
  });

  prepare(document);
  applyTheme(document.documentElement.dataset.theme || "");
})();
